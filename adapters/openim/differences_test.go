package openim_test

import (
	"testing"
)

// TestOtherDifferences holds what is known to differ from the original beside the captured exchanges: in what the store
// holds, which no exchange shows.
func TestOtherDifferences(t *testing.T) {
	s := newStage(t, "a")
	dataOf[any](t, s.do("/user/add_notification_account", `{"userID":"bot","nickName":"Bot","appMangerLevel":3}`))
	for _, tt := range []struct{ reason, path, body, want string }{
		{
			"the original announces to anybody; what nobody can ever read is refused here",
			sendPath, notice("bot", "nobody", "x"), refused(1004, "RecordNotFoundError", "userID not found"),
		},
	} {
		if got := s.do(tt.path, tt.body); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.reason, got, tt.want)
		}
	}
}
