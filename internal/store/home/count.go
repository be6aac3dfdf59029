package home

// Opened is how many homes of organisations are open.
func (hs *Homes) Opened() int {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	return len(hs.open)
}
