package derive

import (
	"slices"
	"strings"
)

// joinConnect finds the names by which the services of Amazon ECS call each other in a namespace of Service Connect: an alias without dots
// (http://carts) means something to the services of the same namespace alone, as does a name within a Container Apps environment
// (docs.aws.amazon.com/AmazonECS, "Use Service Connect to connect Amazon ECS services with short names"). A service that names no namespace
// is in the default one of its cluster.
func (b *builder) joinConnect() {
	spaces := map[*thing][]string{}
	for _, t := range b.ofAWS {
		if t.typ != "aws_ecs_service" {
			continue
		}
		space := or(b.spaceOf(t, tieConnect), b.spaceOf(t, tieCluster))
		if space == "" || !t.fact.tiedTo(tieAnswers) && !t.fact.tiedTo(tieConnect) {
			continue
		}
		t.fact.environment = space
		for _, x := range t.fact.ties {
			if at := [2]string{space, strings.ToLower(x.to)}; x.kind == tieAnswers && !slices.Contains(b.neighbours[at], t) {
				b.neighbours[at] = append(b.neighbours[at], t)
			}
		}
		for _, task := range b.tied(t, tieTask, "aws_ecs_task_definition") {
			spaces[task] = append(spaces[task], space)
		}
	}
	for task, list := range spaces { // the settings of a service stand in its task definition
		if slices.Sort(list); len(slices.Compact(list)) == 1 {
			task.fact.environment = list[0]
		}
	}
}

// spaceOf names what a service is tied to, by the thing where it was scanned, or else as the service does.
func (b *builder) spaceOf(t *thing, kind string) string {
	const types = "aws_service_discovery_http_namespace aws_service_discovery_private_dns_namespace aws_service_discovery_public_dns_namespace aws_ecs_cluster"
	if found := b.tied(t, kind, types); len(found) == 1 {
		return kind + " " + found[0].id
	}
	for _, x := range t.fact.ties {
		if x.kind == kind {
			return kind + " " + x.to
		}
	}
	return ""
}

func (f *fact) tiedTo(kind string) bool {
	return slices.ContainsFunc(f.ties, func(x tie) bool { return x.kind == kind })
}
