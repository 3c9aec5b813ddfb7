package storage

import (
	"bytes"
	"errors"
	"testing"
)

func TestQuota(t *testing.T) {
	type write struct{ key, value int }
	repeat := func(n int, w write) []write {
		writes := make([]write, n)
		for i := range writes {
			writes[i] = w
		}
		return writes
	}
	tests := []struct {
		name   string
		writes []write
		want   error
	}{
		{"nothing", nil, nil},
		{"longest key and value", []write{{MaxKey, MaxValue}}, nil},
		{"empty key", []write{{0, 1}}, ErrEmptyKey},
		{"key too long", []write{{MaxKey + 1, 0}}, ErrTooLarge},
		{"value too long", []write{{1, MaxValue + 1}}, ErrTooLarge},
		{"most writes", repeat(MaxWrites, write{1, 1}), nil},
		{"one write too many", repeat(MaxWrites+1, write{1, 1}), ErrTooLarge},
		{"most bytes", repeat(32, write{1, MaxBytes/32 - 1}), nil},
		{"one byte too many", append(repeat(32, write{1, MaxBytes/32 - 1}), write{1, 0}), ErrTooLarge},
		{"a refusal sticks", []write{{0, 0}, {1, 1}}, ErrEmptyKey},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var q Quota
			var last error
			for _, w := range tt.writes {
				last = q.Set(bytes.Repeat([]byte{'k'}, w.key), make([]byte, w.value))
			}
			if !errors.Is(last, tt.want) {
				t.Errorf("last Set = %v, want %v", last, tt.want)
			}
			if !errors.Is(q.Err(), tt.want) {
				t.Errorf("Err() = %v, want %v", q.Err(), tt.want)
			}
		})
	}
}

func TestQuotaRefuse(t *testing.T) {
	first, second := errors.New("first"), errors.New("second")
	var q Quota
	if got := q.Refuse(first); !errors.Is(got, first) {
		t.Errorf("Refuse(first) = %v", got)
	}
	if got := q.Refuse(second); !errors.Is(got, first) {
		t.Errorf("Refuse(second) = %v, want the first refusal", got)
	}
	if got := q.Set([]byte("k"), nil); !errors.Is(got, first) {
		t.Errorf("Set after Refuse = %v, want the first refusal", got)
	}
}
