package openim

import (
	"context"

	"parley/core"
)

// Account is a user to register.
type Account struct {
	// ID is the userID: letters, digits and underscores.
	ID string
	// Nickname must not be empty. Avatar is the address of a picture, Extra a text of the application's own.
	Nickname, Avatar, Extra string
	Role                    core.Role
	Reception               core.Reception
}

// Register makes users, all or none. If one of them is there already the fault is Exists.
func (c *Client) Register(ctx context.Context, accounts ...Account) error {
	q := userRegisterQuery{users: make([]userInfo, len(accounts))}
	for i := range accounts {
		u := &accounts[i]
		q.users[i] = userInfo{
			userID: validText(u.ID), nickname: validText(u.Nickname), faceURL: validText(u.Avatar), ex: validText(u.Extra),
			level: levelOf(u.Role), reception: int64(u.Reception), given: true,
		}
	}
	return call(ctx, c, c.table.userRegister, &q, &nothing{})
}

// Registered tells of each of the given IDs, all different, whether there is such a user.
func (c *Client) Registered(ctx context.Context, ids ...string) ([]bool, error) {
	var a accountCheckAnswer
	if err := call(ctx, c, c.table.accountCheck, &userIDs{list: validTexts(ids), given: true}, &a); err != nil {
		return nil, err
	}
	there := make(map[string]bool, len(a.results))
	for _, r := range a.results {
		there[r.userID] = r.status == 1
	}
	known := make([]bool, len(ids))
	for i, id := range ids {
		known[i] = there[id]
	}
	return known, nil
}

// UserToken returns a token with which the user itself can call the server from a platform, 1 to 9 or 11. The server's
// rules decide which of the user's other tokens end.
func (c *Client) UserToken(ctx context.Context, userID string, platform int) (string, error) {
	var a tokenAnswer
	err := call(ctx, c, c.table.userToken, &userPlatformQuery{userID: validText(userID), platform: int64(platform)}, &a)
	return a.token, err
}

// ForceLogout ends the tokens of a user on a platform. It succeeds also if there is none.
func (c *Client) ForceLogout(ctx context.Context, userID string, platform int) error {
	q := userPlatformQuery{userID: validText(userID), platform: int64(platform)}
	return call(ctx, c, c.table.forceLogout, &q, &nothing{})
}

func validTexts(texts []string) []string {
	valid := make([]string, len(texts))
	for i, s := range texts {
		valid[i] = validText(s)
	}
	return valid
}
