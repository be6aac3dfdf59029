package stream

import (
	"encoding/json"
	"strings"
)

// OCSFVersion is the version of the schema that records are written in.
const OCSFVersion = "1.3.0"

// Classes of OCSF that are used.
const (
	accountChange    = 3001
	authentication   = 3002
	entityManagement = 3004
	apiActivity      = 6003
)

// What activities are called in OCSF; the numbers differ between classes.
const (
	unknownActivity = 0
	otherActivity   = 99
)

type ocsfUser struct {
	UID  string `json:"uid"`
	Type int    `json:"type_id"` // 1 user, 3 system
}

type ocsfRecord struct {
	ActivityID   int             `json:"activity_id"`
	ActivityName string          `json:"activity_name,omitempty"`
	CategoryUID  int             `json:"category_uid"`
	ClassUID     int             `json:"class_uid"`
	TypeUID      int             `json:"type_uid"`
	Time         int64           `json:"time"` // milliseconds
	SeverityID   int             `json:"severity_id"`
	StatusID     int             `json:"status_id"`
	StatusCode   string          `json:"status_code,omitempty"`
	Metadata     ocsfMetadata    `json:"metadata"`
	Actor        *ocsfActor      `json:"actor,omitempty"`
	User         *ocsfUser       `json:"user,omitempty"`
	Entity       *ocsfEntity     `json:"entity,omitempty"`
	API          *ocsfAPI        `json:"api,omitempty"`
	Source       *ocsfEndpoint   `json:"src_endpoint,omitempty"`
	Unmapped     json.RawMessage `json:"unmapped"` // the event (docs/formats/stream.md)
}

type (
	ocsfMetadata struct {
		Version  string      `json:"version"`
		Product  ocsfProduct `json:"product"`
		UID      string      `json:"uid"`
		Sequence int64       `json:"sequence"`
		LogName  string      `json:"log_name"`
		Tenant   string      `json:"tenant_uid"`
		Logged   int64       `json:"logged_time"`
	}
	ocsfProduct struct {
		Name   string `json:"name"`
		Vendor string `json:"vendor_name"`
	}
	ocsfActor struct {
		User ocsfUser `json:"user"`
	}
	ocsfEntity struct {
		Name string `json:"name"`
		Type string `json:"type"`
		UID  string `json:"uid,omitempty"`
	}
	ocsfAPI struct {
		Operation string        `json:"operation"`
		Request   ocsfRequest   `json:"request"`
		Response  *ocsfResponse `json:"response,omitempty"`
	}
	ocsfRequest struct {
		UID string `json:"uid"`
	}
	ocsfResponse struct {
		Code int `json:"code"`
	}
	ocsfEndpoint struct {
		Service string `json:"svc_name"`
	}
)

// ocsf is an event as a record of the schema. Each has the event itself in unmapped.
func (e *Event) ocsf() ([]byte, error) {
	whole, err := e.Encode()
	if err != nil {
		return nil, err
	}
	class, activity := e.class()
	r := ocsfRecord{
		ActivityID: activity, ClassUID: class, CategoryUID: class / 1000, TypeUID: class*100 + activity, Time: e.At.UnixMilli(), SeverityID: 1, StatusID: 1,
		Metadata: ocsfMetadata{
			Version: OCSFVersion, Product: ocsfProduct{"c4arch", "c4arch"}, UID: e.uid(), Sequence: e.Position, LogName: string(e.Source), Tenant: string(e.Organisation), Logged: e.At.UnixMilli(),
		},
		Unmapped: whole,
	}
	if activity == otherActivity {
		r.ActivityName = e.Kind
	}
	if e.refused() {
		r.SeverityID, r.StatusID = 3, 2
	}
	who := userOf(e.actor())
	r.Actor = &ocsfActor{who}
	switch class {
	case apiActivity:
		r.apiOf(e)
	case accountChange, authentication:
		user := who
		if p := e.field("person"); p != "" {
			user = userOf(p)
		}
		r.User = &user
	default:
		noun, _, _ := strings.Cut(e.Kind, ".")
		r.Entity = &ocsfEntity{Name: noun, Type: noun, UID: e.field(noun)}
	}
	return line(r)
}

func (r *ocsfRecord) apiOf(e *Event) {
	operation := strings.TrimSpace(e.Access.Method + " " + e.Access.Route)
	if operation == "" {
		operation = "none"
	}
	r.API = &ocsfAPI{Operation: operation, Request: ocsfRequest{e.Access.Request}}
	if e.Access.Status != 0 {
		r.API.Response = &ocsfResponse{e.Access.Status}
	}
	r.Source = &ocsfEndpoint{string(e.Access.Surface)}
	r.StatusCode = string(e.Access.Decision)
}

// uid is the same for the same event, however often it is sent.
func (e *Event) uid() string {
	return eventID(string(e.Organisation), e.Source, e.Position)
}

func userOf(actor string) ocsfUser {
	switch {
	case actor == "":
		return ocsfUser{"unknown", 0}
	case strings.HasPrefix(actor, "person:") || strings.HasPrefix(actor, "pn_"):
		return ocsfUser{actor, 1}
	}
	return ocsfUser{actor, 3}
}

// accounts are the nouns of entries that change an account, logons those of signing in.
var (
	accountNouns = map[string]bool{"member": true, "person": true, "invitation": true, "recovery": true, "token": true, "passkey": true, "user": true, "serviceAccount": true, "account": true}
	logonNouns   = map[string]bool{"session": true, "login": true, "signin": true}
)

// class is the class of OCSF and the activity in it.
func (e *Event) class() (class, activity int) {
	if e.Access != nil {
		return apiActivity, map[string]int{"POST": 1, "GET": 2, "HEAD": 2, "PUT": 3, "PATCH": 3, "DELETE": 4, "": unknownActivity}[e.Access.Method]
	}
	noun, verb, _ := strings.Cut(e.Kind, ".")
	switch {
	case logonNouns[noun] || e.Kind == "token.used":
		return authentication, pick(verb, map[string]int{"created": 1, "started": 1, "begun": 1, "used": 1, "failed": 1, "ended": 2, "revoked": 2})
	case accountNouns[noun]:
		return accountChange, pick(verb, map[string]int{"created": 1, "added": 1, "accepted": 1, "enabled": 2, "disabled": 5, "removed": 6, "erased": 6, "revoked": 6, "expired": 6})
	}
	return entityManagement, pick(verb, map[string]int{"created": 1, "kept": 1, "received": 1, "proposed": 1, "read": 2, "exported": 2, "changed": 3, "approved": 3, "rotated": 3, "removed": 4, "destroyed": 4, "collected": 4})
}

func pick(verb string, from map[string]int) int {
	if n, ok := from[verb]; ok {
		return n
	}
	return otherActivity
}
