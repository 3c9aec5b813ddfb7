package wechat

// callbackURL is where the platform delivers what an account's followers send.
func (d *Dialect) callbackURL(account string) string { return d.base + "/wx/" + account }

// mediaURL is where the world finds a medium; empty if id is.
func (d *Dialect) mediaURL(account, id string) string {
	if id == "" {
		return ""
	}
	return d.base + "/media/" + account + "/" + id
}
