package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"c4arch/test/bench/change"
)

// table prints what each tool says: of how many changes of each class it says something, and of how many what they are worth.
func table(w io.Writer, labels []change.Label, all []*said) error {
	var b strings.Builder
	b.WriteString("\n| Tool |")
	for _, c := range change.Classes() {
		fmt.Fprintf(&b, " %s (%d) |", c, total(labels, c, nil))
	}
	b.WriteString(" Differences in all | About something else |\n|---|" + strings.Repeat("---|", len(change.Classes())+2) + "\n")
	for _, s := range all {
		row(&b, labels, s)
	}
	for _, line := range wrongs(all[0].wrong) {
		fmt.Fprintf(&b, "\nc4arch is wrong about %s", line)
	}
	b.WriteString("\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func row(b *strings.Builder, labels []change.Label, s *said) {
	fmt.Fprintf(b, "| %s |", s.tool)
	for _, c := range change.Classes() {
		switch {
		case s.told == nil:
			b.WriteString(" not told apart |")
		case c == change.Noise || c == change.Reordered:
			fmt.Fprintf(b, " %d false alarms |", total(labels, c, s.told))
		case s.right == nil:
			fmt.Fprintf(b, " %d told, no grade |", total(labels, c, s.told))
		default:
			fmt.Fprintf(b, " %d told, %d right |", total(labels, c, s.told), total(labels, c, s.right))
		}
	}
	others := fmt.Sprint(s.others)
	if s.told == nil {
		others = ""
	}
	fmt.Fprintf(b, " %d | %s |\n", s.lines, others)
}

// total counts the labels of a class for which a tool says so; nil: all.
func total(labels []change.Label, c change.Class, says []bool) int {
	n := 0
	for i, l := range labels {
		if l.Class == c && (says == nil || says[i]) {
			n++
		}
	}
	return n
}

// wrongs joins what is the same.
func wrongs(list []string) []string {
	times := map[string]int{}
	var out []string
	for _, l := range list {
		if times[l]++; times[l] == 1 {
			out = append(out, l)
		}
	}
	slices.Sort(out)
	for i, l := range out {
		out[i] = fmt.Sprintf("%d × %s", times[l], l)
	}
	return out
}
