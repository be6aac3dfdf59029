package diff

import (
	"strings"

	"c4arch/internal/arch/evidence"
	"c4arch/internal/base/tree"
)

// world is what is beside the two resources that are compared: who scales what.
type world struct {
	old, new *evidence.Snapshot
	scales   *[2]scaling // made when first asked
	rules    map[[3]string][]*NoiseRule
}

// scaling tells of one side which resources an autoscaler may scale, and between which numbers.
type scaling struct {
	pods map[string]bool   // namespace/kind/name
	arm  map[string][2]int // normalised id: least and most
}

func (w *world) scaling(s int) scaling {
	if w.scales == nil {
		w.scales = &[2]scaling{scalingOf(w.old), scalingOf(w.new)}
	}
	return w.scales[s]
}

func scalingOf(s *evidence.Snapshot) scaling {
	out := scaling{map[string]bool{}, map[string][2]int{}}
	for i := range s.Resources {
		r := &s.Resources[i]
		switch {
		case r.Form == evidence.Kubernetes && (strings.HasSuffix(r.Type, "/HorizontalPodAutoscaler") || r.Type == "keda.sh/ScaledObject"):
			if v, err := r.Tree(); err == nil {
				to := v.Lookup("spec", "scaleTargetRef")
				kind := to.Get("kind").Str()
				if kind == "" {
					kind = "Deployment" // what a ScaledObject means without one
				}
				out.pods[r.Scope+"/"+kind+"/"+to.Get("name").Str()] = true
			}
		case r.Form == evidence.ARM && r.Type == "microsoft.insights/autoscalesettings":
			if v, err := r.Tree(); err == nil {
				out.autoscale(&v)
			}
		}
	}
	return out
}

// autoscale notes the widest range that the profiles of a setting that is on allow.
func (s scaling) autoscale(v *tree.Value) {
	props := v.GetFold("properties")
	if on := props.GetFold("enabled"); on != nil && !on.True() {
		return
	}
	id := evidence.NormalizeARM(props.GetFold("targetResourceUri").Str())
	for _, p := range props.GetFold("profiles").List() {
		c := p.GetFold("capacity")
		low, ok1 := number(c.GetFold("minimum"))
		high, ok2 := number(c.GetFold("maximum"))
		if id == "" || !ok1 || !ok2 {
			continue
		}
		if at, there := s.arm[id]; there {
			low, high = min(low, at[0]), max(high, at[1])
		}
		s.arm[id] = [2]int{low, high}
	}
}

// horizontallyScaled reports whether an autoscaler has the object as its target, before and now.
func (w *world) horizontallyScaled(p *pair) bool {
	if w == nil {
		return false
	}
	for i, r := range [2]*evidence.Resource{p.old, p.new} {
		_, kind, _ := strings.Cut(r.Type, "/")
		if !w.scaling(i).pods[r.Scope+"/"+kind+"/"+r.Name] {
			return false
		}
	}
	return true
}

// autoscaled reports whether a number is in the range of an autoscale setting, before and now.
func (w *world) autoscaled(p *pair, x *Property) bool {
	if w == nil || x.Old == nil || x.New == nil {
		return false
	}
	for i, r := range [2]*evidence.Resource{p.old, p.new} {
		at, there := w.scaling(i).arm[r.ID]
		n, ok := number([2]*tree.Value{x.Old, x.New}[i])
		if !there || !ok || n < at[0] || n > at[1] {
			return false
		}
	}
	return true
}
