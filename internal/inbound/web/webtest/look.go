package webtest

import "c4arch/internal/inbound/web/looktest"

// Faults are what is wrong with a page whatever it says.
func Faults(page string) []string { return looktest.Faults(page) }

// Unsaid are the texts of a page in the made-up language that were not said in it.
func Unsaid(page string) []string { return looktest.Unsaid(page) }
