// Package programme is what the programme of security starts with, as data: the things besides controls that have an owner, and risks to begin with.
//
// It promises that every runbook of the documentation is listed, that names are unique, and that every control that a risk names exists. It leaves out who owns what, and what an
// operator makes of the risks.
package programme

import (
	"bytes"
	_ "embed" // the tables are part of the program
	"encoding/csv"
	"strconv"
	"strings"

	"c4arch/internal/base/fault"
)

// Item is something that has an owner.
type Item struct {
	Domain string // runbook, review, rollout, incident, product
	Name   string // "disk-full"
	Title  string
}

// Risk is one to begin with.
type Risk struct {
	Name, Threat                         string
	Likelihood, Impact                   int // without any measure, from 1 to 5
	RemainingLikelihood, RemainingImpact int // while every control holds
	Treatment, Plan                      string
	Controls                             []string
}

//go:embed items.csv
var itemsCSV []byte

//go:embed risks.csv
var risksCSV []byte

// Items are what has an owner besides controls.
func Items() ([]Item, error) {
	rows, err := read(itemsCSV, 3)
	if err != nil {
		return nil, err
	}
	all, seen := make([]Item, 0, len(rows)), map[string]bool{}
	for _, r := range rows {
		x := Item{Domain: r[0], Name: r[1], Title: r[2]}
		if seen[x.Domain+"/"+x.Name] || x.Name == "" || x.Title == "" {
			return nil, fault.New(fault.Internal, "the item %s/%s is there twice, or says nothing", x.Domain, x.Name)
		}
		seen[x.Domain+"/"+x.Name] = true
		all = append(all, x)
	}
	return all, nil
}

// Risks are those to begin with.
func Risks() ([]Risk, error) {
	rows, err := read(risksCSV, 9)
	if err != nil {
		return nil, err
	}
	all := make([]Risk, 0, len(rows))
	for _, r := range rows {
		x := Risk{Name: r[0], Threat: r[1], Treatment: r[6], Plan: r[7], Controls: strings.Split(r[8], ";")}
		for i, to := range []*int{&x.Likelihood, &x.Impact, &x.RemainingLikelihood, &x.RemainingImpact} {
			if *to, err = strconv.Atoi(r[2+i]); err != nil || *to < 1 || *to > 5 {
				return nil, fault.New(fault.Internal, "the risk %q has a number that is not from 1 to 5", x.Name)
			}
		}
		all = append(all, x)
	}
	return all, nil
}

// read gives the rows below the head.
func read(table []byte, columns int) ([][]string, error) {
	r := csv.NewReader(bytes.NewReader(table))
	r.FieldsPerRecord = columns
	rows, err := r.ReadAll()
	if err != nil || len(rows) < 2 {
		return nil, fault.New(fault.Internal, "a table of the programme cannot be read: %v", err)
	}
	return rows[1:], nil
}
