package bench

import "testing"

// TestWorkloads sends every kind of request of the measurement to Parley and to echo.
func TestWorkloads(t *testing.T) {
	p, err := Open(t.Context(), t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}()
	all, err := p.addPeople(t.Context(), bulkSize+10, 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.converse(t.Context(), all, 20); err != nil {
		t.Fatal(err)
	}
	echo := NewEcho()
	for _, w := range all.workloads() {
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
