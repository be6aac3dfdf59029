package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed allowed.txt
var allowedText string

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	n, found, err := repository(root, allowedText)
	if err != nil {
		fmt.Fprintln(os.Stderr, "secretscan:", err)
		os.Exit(1)
	}
	for _, f := range found {
		fmt.Fprintln(os.Stderr, f)
	}
	if len(found) > 0 {
		fmt.Fprintf(os.Stderr, "secretscan: %d findings in %d files\n", len(found), n)
		os.Exit(1)
	}
	fmt.Printf("secrets: none in %d files\n", n)
}

// repository scans the tracked files below root.
func repository(root, allowed string) (n int, found []finding, err error) {
	list, err := allowances(allowed)
	if err != nil {
		return 0, nil, err
	}
	cmd := exec.Command("git", "ls-files", "-z")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return 0, nil, fmt.Errorf("git ls-files: %w", err)
	}
	var files []file
	for name := range bytes.SplitSeq(bytes.TrimRight(out, "\x00"), []byte{0}) {
		p := filepath.Join(root, string(name))
		info, err := os.Lstat(p)
		if os.IsNotExist(err) || err == nil && !info.Mode().IsRegular() {
			continue // removed and not yet committed; a link is judged where it leads
		}
		if err != nil {
			return 0, nil, err
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return 0, nil, err
		}
		files = append(files, file{string(name), data})
	}
	if len(files) == 0 {
		return 0, nil, fmt.Errorf("git tracks no file below %s", root)
	}
	return len(files), scan(files, list), nil
}
