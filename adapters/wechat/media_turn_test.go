package wechat

import "testing"

// TestUploadsTakeTurns: when as many uploads run as may, the next begins as soon as one of them has ended.
func TestUploadsTakeTurns(t *testing.T) {
	u := newUploads(false, false)
	for range uploadsAtOnce {
		if err := u.takeTurn(); err != nil {
			t.Fatal(err)
		}
	}
	next := make(chan error)
	go func() { next <- u.takeTurn() }()
	select {
	case err := <-next:
		t.Fatalf("one more begins at once: %v", err)
	case <-u.slots: // one has ended
	}
	if err := <-next; err != nil {
		t.Fatal(err)
	}
}
