package diff

import (
	"testing"

	"c4arch/internal/arch/evidence"
)

// TestGoneFromOneOfTwoForms has a resource that both an export and a state show. When the export shows it no more, it is gone: that the state still
// names it excuses nothing, since the state did so before. Where only one of the two was there, the other form may be all that was scanned.
func TestGoneFromOneOfTwoForms(t *testing.T) {
	id := shop + "microsoft.keyvault/vaults/kv"
	export := draft(t, evidence.ARM, "microsoft.keyvault/vaults", id, `{"properties": {"enablePurgeProtection": true}}`)
	other := draft(t, evidence.ARM, "microsoft.keyvault/vaults", shop+"microsoft.keyvault/vaults/other", `{"properties": {}}`)
	state := in(draft(t, evidence.Terraform, "azurerm_key_vault", id, `{"purge_protection_enabled": true}`), "terraform.tfstate")

	d := compare(t, snapshot(t, keyA, nil, export, other, state), snapshot(t, keyA, nil, other, state), Options{})
	if len(d.Changes) != 1 || d.Changes[0].Kind != Removed || d.Changes[0].Old.Form != evidence.ARM || len(d.Unknown) != 0 {
		t.Errorf("gone from the export and still in the state: %d changes, %+v unknown", len(d.Changes), d.Unknown)
	}
	back := compare(t, snapshot(t, keyA, nil, other, state), snapshot(t, keyA, nil, export, other, state), Options{})
	if len(back.Changes) != 1 || back.Changes[0].Kind != Added || len(back.Unknown) != 0 {
		t.Errorf("the reverse is not the mirror: %+v, %+v unknown", back.Changes, back.Unknown)
	}
	if d := compare(t, snapshot(t, keyA, nil, export, other), snapshot(t, keyA, nil, other, state), Options{}); len(d.Changes) != 0 || len(d.Unknown) == 0 {
		t.Errorf("seen in another form alone: %d changes, %+v unknown", len(d.Changes), d.Unknown)
	}
}
