package derive

import (
	"strings"

	"c4arch/internal/arch/c4"
	"c4arch/internal/base/tree"
)

// triggerPlaces are where a container app or a job says what it scales on: KEDA's custom rules and the built-in one for
// storage queues (learn.microsoft.com/azure/container-apps/scale-app).
var triggerPlaces = []string{
	"properties.template.scale.rules[].custom.metadata", "properties.configuration.eventtriggerconfig.scale.rules[].metadata",
	"properties.template.scale.rules[].azurequeue", "template[].custom_scale_rule[].metadata", "event_trigger_config[].scale[].rules[].metadata",
	"template[].azure_queue_scale_rule[]",
}

// triggers claims the queues that the scale rules of an app watch (R21).
func (rd *reader) triggers() {
	for p, leaf := range rd.root.Leaves() {
		at, key, ok := cutStep(p)
		if !ok || leaf.Str() == "" {
			continue
		}
		pattern := strings.ToLower(at.Pattern())
		for _, place := range triggerPlaces {
			if pattern == place {
				rd.trigger(rd.root.At(at), key, leaf, p)
			}
		}
	}
}

func cutStep(p tree.Path) (tree.Path, string, bool) {
	i := strings.LastIndexByte(string(p), '.')
	if i < 0 {
		return "", "", false
	}
	return p[:i], string(p[i+1:]), true
}

func (rd *reader) trigger(rule *tree.Value, key string, name *tree.Value, p tree.Path) {
	switch strings.ReplaceAll(strings.ToLower(key), "_", "") {
	case "queuename", "topicname", "eventhubname":
	default:
		return
	}
	c := claim{path: p, line: int(name.Line), value: name.Text, rule: "R21", act: relate, label: "is triggered by", conf: c4.High, joined: true, reason: "the queue is not among what was scanned, or the rule does not say where it is"}
	if q := rd.b.queueOf(rule, name.Text); q != nil {
		c.targets, c.reason = []*thing{q}, ""
	}
	rd.add(c)
}

// queueOf returns the queue, topic or hub of that name in the namespace or account that a scale rule of KEDA
// names (keda.sh/docs, Azure scalers), or nil.
func (b *builder) queueOf(rule *tree.Value, name string) *thing {
	for _, in := range []struct{ key, host string }{
		{"namespace", ".servicebus.windows.net"}, {"eventHubNamespace", ".servicebus.windows.net"}, {"accountName", ".queue.core.windows.net"}, {"account_name", ".queue.core.windows.net"},
	} {
		owner := rule.Get(in.key).Str()
		if owner == "" {
			continue
		}
		hs := b.names.Host(owner + in.host)
		if len(hs) != 1 {
			continue
		}
		for _, kind := range []string{"/queues/", "/topics/", "/eventhubs/", "/queueservices/default/queues/"} {
			if q := b.byID[b.things[hs[0]].id+kind+strings.ToLower(name)]; q != nil {
				return q
			}
		}
	}
	return nil
}
