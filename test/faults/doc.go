// Package faults breaks the service while it works, for real, and looks at what is left: its process is killed at random moments, and PostgreSQL under it; the disk is full; an
// older backup is put in the place of what was there; history is rewritten with the real key; a bit is flipped. What was acknowledged is there, each change with its entry, once;
// the ledger verifies, or says where it does not.
//
// Every test prints its seed. C4ARCH_SEED sets it, C4ARCH_KILLS how often the server is killed and C4ARCH_PG_KILLS how often PostgreSQL is; make faults and make soak
// set the large numbers. The same of a local history is in test/kill and in internal/store/arch, of homes in internal/store/home.
package faults
