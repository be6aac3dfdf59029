// Package service walks through the service as people use it, from its first start to the proof of what was done, on both engines: with the real program, its command line and
// its API, and with kill -9 in between. Its tests take a while, so they are built with the tag e2e:
//
//	go test -tags e2e ./test/service
package service
