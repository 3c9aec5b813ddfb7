package settings

// nearest returns the known word that takes the fewest edits from word, or "" if none is near enough to be meant.
func nearest(word string, known []string) string {
	best, fewest := "", len(word)/3+2
	for _, k := range known {
		if d := edits(word, k); d < fewest {
			best, fewest = k, d
		}
	}
	return best
}

// edits is the number of insertions, deletions, substitutions and swaps of neighbours that turn a into b.
func edits(a, b string) int {
	above, row, below := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		below[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			below[j] = min(row[j]+1, below[j-1]+1, row[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				below[j] = min(below[j], above[j-2]+1)
			}
		}
		above, row, below = row, below, above
	}
	return row[len(b)]
}

// meant ends an error about an unknown word with the one that was probably meant.
func meant(word string, known []string) string {
	if n := nearest(word, known); n != "" {
		return "; did you mean " + n + "?"
	}
	return ""
}
