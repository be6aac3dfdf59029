// Package portal holds the pages of an organisation and its projects, a package of its own for each desk: what it shows, the ports that it needs and the words that it says.
// They stand on package web, which has what every page has, and are wired in internal/app.
package portal
