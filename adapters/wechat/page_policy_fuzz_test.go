package wechat

import (
	"strings"
	"testing"
)

// FuzzContent cleans contents: what comes out is balanced, stays as it is when it is cleaned again, and has nothing that
// runs.
func FuzzContent(f *testing.F) {
	for _, content := range []string{
		"<p>a</p>", "</div><script>a</script>", `<a href="java&#x0A;script:a">b</a>`, `<img src="x" onerror=a>`, "<div <p>>", "<!--><b>-->",
		`<div style="color:red;position:fixed">`, "<math><mi//xlink:href=\"data:x,<script>\">", "<table><td><tr></div>", "a>b", "<p title='>'>",
	} {
		f.Add(content)
	}
	policy := contentPolicy("https://media.example")
	f.Fuzz(func(t *testing.T, content string) {
		clean := balance(policy.Sanitize(content))
		lower := strings.ToLower(clean)
		for _, bad := range []string{"<script", "<iframe", "<style", "<object", "<svg", "<math", "<form", "<base", "<link", "<meta", "=\"javascript:"} {
			if strings.Contains(lower, bad) {
				t.Fatalf("%q becomes %q", content, clean)
			}
		}
		if again := balance(clean); again != clean {
			t.Fatalf("%q is not balanced: %q", clean, again)
		}
	})
}
