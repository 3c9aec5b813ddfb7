package bench

import "testing"

// TestWorkloads sends every kind of request of the measurement to Parley and to echo.
func TestWorkloads(t *testing.T) {
	p, all := few(t)
	echo := NewEcho()
	for _, w := range append(all.sends(), all.lists()...) {
		body, err := p.call(w.Requests[0])
		if err != nil {
			t.Errorf("%s: %v", w.Name, err)
		}
		echo.SetAnswer(len(body))
		ctx, err := prepare(w.Requests[0])
		if err != nil {
			t.Fatal(err)
		}
		echo.Handle(ctx)
		if got := &ctx.Response; got.StatusCode() != 200 || len(got.Body()) != len(body) {
			t.Errorf("%s: echo answers %d with %d bytes, want %d", w.Name, got.StatusCode(), len(got.Body()), len(body))
		}
	}
}

// few opens an engine for a test, with two members who have talked and others to send to.
func few(t *testing.T) (*Parley, *people) {
	t.Helper()
	p, err := Open(t.Context(), t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	all, err := p.fill(t.Context(), scale{users: bulkSize + 10, members: 2, peers: 1, length: 40})
	if err != nil {
		t.Fatal(err)
	}
	return p, all
}
