package mirror

import (
	"fmt"
	"regexp"
	"strings"
)

// File is a golden file.
type File struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Export gives the examples of groups as golden files: the request and what the legacy server answered it. Such a file
// fails until this server answers the same. Groups that a rule ignores are left out, and so are examples that were too
// large to be kept or in which the legacy server gave no answer.
func Export(groups []Group) []File {
	var files []File
	for i := range groups {
		g := &groups[i]
		if g.Rule != "" {
			continue
		}
		for n := range g.Examples {
			e := &g.Examples[n]
			if e.Request == "" || e.LegacyAnswer == "" {
				continue
			}
			files = append(files, File{
				Name: fmt.Sprintf("mirror_%03d_%s_%d.txt", i+1, fileName(g.Operation+"_"+g.Path), n+1),
				Text: fmt.Sprintf("# origin: captured from the legacy server by the mirror, %s\n# differs: %s %s (%s), legacy %s, here %s\n"+
					"--- request\n%s\n--- answer\n%s\n",
					e.At.UTC().Format("2006-01-02"), oneLine(g.Operation), oneLine(g.Path), g.What, oneLine(e.Legacy), oneLine(e.Local),
					e.Request, e.LegacyAnswer),
			})
		}
	}
	return files
}

func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}

var notInNames = regexp.MustCompile(`[^0-9A-Za-z]+`)

func fileName(text string) string {
	name := strings.Trim(notInNames.ReplaceAllString(text, "_"), "_")
	return name[:min(len(name), 80)]
}

var (
	clockText = regexp.MustCompile(`\A[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\z`)
	wordText  = regexp.MustCompile(`\A[0-9A-Za-z_.-]+\z`)
	digitText = regexp.MustCompile(`\A[0-9]+\z`)
)

// answerText gives an answer in the form of a golden file, with placeholders for what is volatile and without secrets. It
// is empty for no answer.
func answerText(a *Answer, t *Traits) string {
	if a.Failure != "" {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d\n", a.Status)
	for _, h := range a.Headers {
		value := h.Value
		if contains(t.Secrets, h.Name) || h.Name == "Set-Cookie" {
			value = masked
		}
		b.WriteString(h.Name + ": " + value + "\n")
	}
	b.WriteString("\n")
	if len(a.Body) == 0 {
		return b.String()
	}
	body, ok := rewrite(a.Body, t.Volatile, placeholder)
	if ok {
		body, ok = maskJSON(body, secretsOnly(t))
	}
	if !ok {
		body = []byte(masked) // nobody can tell where its secrets are
	}
	b.Write(unquoted(body))
	return b.String()
}

// secretsOnly are the secrets that no placeholder stands for already.
func secretsOnly(t *Traits) (names []string) {
	for _, name := range t.Secrets {
		if !contains(t.Volatile, name) {
			names = append(names, name)
		}
	}
	return names
}

// placeholder stands for a volatile value. It is in quotation marks so that the text remains JSON; unquoted removes those
// around what was a number. A value that fits none stays.
func placeholder(value []byte) []byte {
	text := strings.Trim(string(value), `"`)
	switch {
	case value[0] != '"' && digitText.MatchString(text):
		return []byte(`"` + bareInt + `"`)
	case value[0] != '"' || text == "":
		return value
	case clockText.MatchString(text):
		return []byte(`"{{clock}}"`)
	case wordText.MatchString(text):
		return []byte(`"{{word}}"`)
	}
	return value
}

const bareInt = "{{bare int}}"

func unquoted(body []byte) []byte {
	return []byte(strings.ReplaceAll(string(body), `"`+bareInt+`"`, "{{int}}"))
}
