package storage

import (
	"errors"
	"testing"
	"testing/synctest"
)

func TestGateWaitsForRunningTransactions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var gate Gate
		if err := gate.Enter(); err != nil {
			t.Fatal(err)
		}
		closed := make(chan error, 1)
		go func() { closed <- gate.Close() }()
		synctest.Wait()
		select {
		case err := <-closed:
			t.Fatalf("Close did not wait for the running transaction: %v", err)
		default:
		}
		if err := gate.Enter(); !errors.Is(err, ErrClosed) {
			t.Errorf("Enter while closing = %v, want ErrClosed", err)
		}
		gate.Leave()
		if err := <-closed; err != nil {
			t.Errorf("Close() = %v", err)
		}
		if err := gate.Close(); !errors.Is(err, ErrClosed) {
			t.Errorf("second Close() = %v, want ErrClosed", err)
		}
	})
}
