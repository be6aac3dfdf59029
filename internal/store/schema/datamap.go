package schema

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"c4arch/internal/base/fault"
	"c4arch/internal/store/sqldb"
)

// Class is one of the six classes of data of clause SE-1.2.
type Class string

// The classes.
const (
	InfrastructureMetadata    Class = "infrastructure-metadata"
	ArchitectureEvidence      Class = "architecture-evidence"
	Billing                   Class = "billing"
	Identity                  Class = "identity"
	Support                   Class = "support"
	CustomerControlledContent Class = "customer-controlled-content"
)

// Role is as what the operator holds a datum: for the customer, for purposes of its own (clause DPA-2.3: accounts, security, operation), or it says nothing of anybody.
type Role string

// The roles.
const (
	Processor  Role = "processor"
	Controller Role = "controller"
	NoRole     Role = "none"
)

// Datum says what a column holds. What is there for technical reasons only, such as a version, a counter or a lease, has the class and the role of its table.
type Datum struct {
	Table    string
	Column   string
	Class    Class
	Personal bool // it names a person, or is free text that may
	Role     Role
}

// The lines of data.csv that are about no table of a home.
const (
	// ObjectLines are the kinds of large objects.
	ObjectLines = "objects"
	// StepLines are the columns of the table of steps, which a server has once.
	StepLines = sqldb.StepTable
)

//go:embed data.csv
var dataMap string

// DataMap says what every column of every home holds, and every kind of object.
func DataMap() ([]Datum, error) { return parseDataMap(dataMap) }

// Declared are the columns of the tables of homes that the data map has, by table.
func Declared() (map[string][]string, error) {
	list, err := DataMap()
	if err != nil {
		return nil, err
	}
	tables := map[string][]string{}
	for _, d := range list {
		if d.Table != ObjectLines && d.Table != StepLines {
			tables[d.Table] = append(tables[d.Table], d.Column)
		}
	}
	return tables, nil
}

var (
	classes = []Class{InfrastructureMetadata, ArchitectureEvidence, Billing, Identity, Support, CustomerControlledContent}
	roles   = []Role{Processor, Controller, NoRole}
)

func parseDataMap(text string) ([]Datum, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = 5
	var list []Datum
	seen := map[[2]string]bool{}
	for first := true; ; first = false {
		f, err := r.Read()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, fault.Wrap(fault.Internal, err, "data.csv")
		}
		if first {
			if strings.Join(f, ",") != "table,column,class,personal,role" {
				return nil, fault.New(fault.Internal, "data.csv has other columns than table, column, class, personal and role")
			}
			continue
		}
		d := Datum{Table: f[0], Column: f[1], Class: Class(f[2]), Personal: f[3] == "yes", Role: Role(f[4])}
		where := d.Table + "." + d.Column
		switch {
		case d.Table == "" || d.Column == "":
			return nil, fault.New(fault.Internal, "data.csv has a line without a name")
		case seen[[2]string{d.Table, d.Column}]:
			return nil, fault.New(fault.Internal, "data.csv has %s twice", where)
		case !slices.Contains(classes, d.Class):
			return nil, fault.New(fault.Internal, "data.csv: %s has the class %q, which is none of the six", where, f[2])
		case f[3] != "yes" && f[3] != "no":
			return nil, fault.New(fault.Internal, "data.csv: %s is personal or is not: yes or no", where)
		case !slices.Contains(roles, d.Role):
			return nil, fault.New(fault.Internal, "data.csv: the role of %s is processor, controller or none", where)
		case d.Personal && d.Role == NoRole:
			return nil, fault.New(fault.Internal, "data.csv: %s is personal, and somebody is responsible for it", where)
		}
		seen[[2]string{d.Table, d.Column}] = true
		list = append(list, d)
	}
}
