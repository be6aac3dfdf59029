package secret

import "strings"

// format is a credential format that its provider has published: a prefix, and how many
// characters of which kind follow it at least.
type format struct {
	prefix string
	more   int
	extra  string // characters allowed besides letters, digits, _ and -
}

// formats, with where they are published. By the first byte, so that a word is compared with few.
var formats = byFirst([]format{
	// AWS IAM "Unique identifiers": access keys and temporary ones.
	{"AKIA", 16, ""},
	{"ASIA", 16, ""},
	{"ABIA", 16, ""},
	{"ACCA", 16, ""},
	// GitHub "About authentication: token formats".
	{"ghp_", 30, ""},
	{"gho_", 30, ""},
	{"ghu_", 30, ""},
	{"ghs_", 30, ""},
	{"ghr_", 30, ""},
	{"github_pat_", 22, ""},
	// GitLab "Token overview: token prefixes".
	{"glpat-", 16, "."},
	{"gldt-", 16, "."},
	{"glrt-", 16, "."},
	{"glcbt-", 16, "."},
	{"glptt-", 16, "."},
	{"glft-", 16, "."},
	{"glsoat-", 16, "."},
	{"glimt-", 16, "."},
	{"glagent-", 16, "."},
	{"gloas-", 16, "."},
	{"glffct-", 16, "."},
	// Slack "Token types".
	{"xoxb-", 10, ""},
	{"xoxp-", 10, ""},
	{"xoxa-", 10, ""},
	{"xoxr-", 10, ""},
	{"xoxs-", 10, ""},
	{"xoxe-", 10, ""},
	{"xoxe.", 10, "."},
	{"xapp-", 10, ""},
	// Stripe "API keys"; "Webhook signatures".
	{"sk_live_", 10, ""},
	{"sk_test_", 10, ""},
	{"rk_live_", 10, ""},
	{"rk_test_", 10, ""},
	{"whsec_", 16, "+/="},
	// Google Cloud "API keys"; OAuth client secrets and access tokens.
	{"AIza", 30, ""},
	{"GOCSPX-", 16, ""},
	{"ya29.", 20, "."},
	// OpenAI, Anthropic, Hugging Face, Replicate, Groq, Perplexity: their pages on API keys.
	{"sk-ant-", 16, ""},
	{"sk-proj-", 16, ""},
	{"sk-svcacct-", 16, ""},
	{"sk-", 20, ""},
	{"hf_", 30, ""},
	{"r8_", 30, ""},
	{"gsk_", 30, ""},
	{"pplx-", 30, ""},
	// Twilio SendGrid "API Keys"; Mailgun; Brevo; Mailchimp has a suffix, which is a random string.
	{"SG.", 30, "."},
	{"key-", 32, ""},
	{"xkeysib-", 30, ""},
	{"xsmtpsib-", 30, ""},
	// npm "About access tokens"; PyPI "API tokens"; Docker "Personal access tokens"; RubyGems; crates.io.
	{"npm_", 30, ""},
	{"pypi-", 30, ""},
	{"dckr_pat_", 16, ""},
	{"dckr_oat_", 16, ""},
	{"rubygems_", 30, ""},
	{"cio", 32, ""},
	// HashiCorp Vault "Token prefixes"; Terraform Cloud tokens hold .atlasv1.
	{"hvs.", 16, ""},
	{"hvb.", 16, ""},
	{"hvr.", 16, ""},
	// age "Key pairs".
	{"AGE-SECRET-KEY-1", 20, ""},
	// Azure DevOps, Databricks, Grafana, DigitalOcean, Shopify, New Relic, Postman, Doppler, Linear, Figma, Sentry, PlanetScale,
	// Netlify, Atlassian, Bitbucket, CircleCI, Heroku, Supabase, Fly.io, Notion, Airtable, Square, Dynatrace, Buildkite, Pulumi:
	// their pages on access tokens.
	{"dapi", 32, ""},
	{"glsa_", 30, ""},
	{"glc_", 30, "+/="},
	{"dop_v1_", 30, ""},
	{"doo_v1_", 30, ""},
	{"dor_v1_", 30, ""},
	{"shpat_", 30, ""},
	{"shpss_", 30, ""},
	{"shpca_", 30, ""},
	{"shppa_", 30, ""},
	{"NRAK-", 20, ""},
	{"NRII-", 20, ""},
	{"NRJS-", 15, ""},
	{"PMAK-", 30, ""},
	{"dp.pt.", 30, "."},
	{"dp.st.", 30, "."},
	{"lin_api_", 30, ""},
	{"figd_", 30, ""},
	{"sntrys_", 30, "+/="},
	{"sntryu_", 30, ""},
	{"pscale_tkn_", 20, "."},
	{"pscale_pw_", 20, "."},
	{"pscale_oauth_", 20, "."},
	{"nfp_", 30, ""},
	{"ATATT3", 30, "="},
	{"ATCTT3", 30, "="},
	{"ATBB", 24, ""},
	{"CCIPAT_", 20, ""},
	{"CCIPRJ_", 20, ""},
	{"HRKU-", 30, ""},
	{"sbp_", 30, ""},
	{"fo1_", 30, ""},
	{"secret_", 40, ""},
	{"ntn_", 40, ""},
	{"sq0atp-", 20, ""},
	{"sq0csp-", 30, ""},
	{"EAAA", 50, ""},
	{"dt0c01.", 24, "."},
	{"dt0s01.", 24, "."},
	{"bkua_", 30, ""},
	{"pul-", 40, ""},
	{"tfp_", 30, ""},
	{"rnd_", 24, ""},
	{"vercel_", 20, ""},
	{"xau_", 20, ""},
	{"phc_", 30, ""},
	{"phx_", 30, ""},
	{"r8_", 30, ""},
	{"tskey-", 16, ""},
	{"sgp_", 30, ""},
	{"ops_", 100, ""},
})

func byFirst(all []format) (by [256][]format) {
	for _, f := range all {
		by[f.prefix[0]] = append(by[f.prefix[0]], f)
	}
	return by
}

// published adds a credential of a published format that begins in the word [from, to), and
// returns where it ends, or 0. Formats begin where a word or a part of one begins.
func (f *finder) published(from, to int) int {
	s := f.s
	for i := from; i < to; i++ {
		if i > from && class[s[i-1]]&(isLower|isUpper|isDigit) != 0 {
			continue
		}
		if end := f.formatAt(i); end > 0 {
			f.add(i, end)
			return end
		}
	}
	if end := f.entra(from, to); end > 0 {
		return end
	}
	return 0
}

func (f *finder) formatAt(i int) int {
	s := f.s
	for _, p := range formats[s[i]] {
		if !strings.HasPrefix(s[i:], p.prefix) {
			continue
		}
		end := run(s, i+len(p.prefix), p.extra)
		if end-i-len(p.prefix) >= p.more {
			return trimDots(s, i, end)
		}
	}
	if strings.HasPrefix(s[i:], "eyJ") {
		return jwt(s, i)
	}
	if class[s[i]]&isDigit != 0 {
		if end := telegram(s, i); end > 0 {
			return end
		}
	}
	return atlas(s, i)
}

// run returns where the letters, digits, _, - and extra characters from i on end.
func run(s string, i int, extra string) int {
	for i < len(s) && (class[s[i]]&(isLower|isUpper|isDigit) != 0 || s[i] == '_' || s[i] == '-' || extra != "" && strings.IndexByte(extra, s[i]) >= 0) {
		i++
	}
	return i
}

// trimDots leaves the full stop of a sentence out.
func trimDots(s string, from, end int) int {
	for end > from && s[end-1] == '.' {
		end--
	}
	return end
}

// jwt returns the end of a JSON Web Token, signed or encrypted (RFC 7519; its header begins
// with {", which is eyJ), or 0.
func jwt(s string, i int) int {
	end := run(s[:min(len(s), i+farAhead)], i, "")
	parts := 1
	for end < len(s) && s[end] == '.' && parts < 5 {
		next := run(s, end+1, "")
		end = next
		parts++
	}
	if parts < 3 || end-i < 30 {
		return 0
	}
	return trimDots(s, i, end)
}

// telegram returns the end of a bot token, 8 to 10 digits, a colon and 35 characters (Telegram
// Bot API "Authorizing your bot"), or 0.
func telegram(s string, i int) int {
	k := i
	for k < len(s) && class[s[k]]&isDigit != 0 {
		k++
	}
	if k-i < 8 || k-i > 10 || k >= len(s) || s[k] != ':' {
		return 0
	}
	if end := run(s, k+1, ""); end-k-1 == 35 {
		return end
	}
	return 0
}

// atlas returns the end of a Terraform Cloud token, 14 characters, .atlasv1. and about 67 more (HCP Terraform
// "API tokens"), or 0.
func atlas(s string, i int) int {
	end := run(s[:min(len(s), i+15)], i, "")
	if end-i == 14 && strings.HasPrefix(s[end:], ".atlasv1.") {
		return run(s, end+len(".atlasv1."), "")
	}
	return 0
}

// entra finds a client secret of Microsoft Entra ID: three characters, a digit, Q~ and 31 to 34 more, of which ~ . _ -
// may be part (Microsoft Purview "Azure AD client secret entity definition").
func (f *finder) entra(from, to int) int {
	s := f.s
	k := strings.Index(s[from:to], "Q~")
	if k < 0 {
		return 0
	}
	k += from
	start := k
	for start > 0 && k-start < 64 && (class[s[start-1]]&(isLower|isUpper|isDigit) != 0 || strings.IndexByte("_~.-", s[start-1]) >= 0) {
		start--
	}
	end := run(s, k+2, "~.")
	if k-start < 4 || class[s[k-1]]&isDigit == 0 || end-k-2 < 30 {
		return 0
	}
	end = trimDots(s, start, end)
	f.add(start, end)
	return end
}
