package wechat

import "strings"

// address is the URL at which the world reaches the server, without a slash at its end.
type address string

// callback is where the platform delivers what an account's followers send.
func (a address) callback(account string) string { return string(a) + "/wx/" + account }

// page is where readers find an article.
func (a address) page(account, article string) string {
	return string(a) + "/page/" + account + "/" + article
}

// media is where the world finds a medium; empty if name is.
func (a address) media(account, name string) string {
	if name == "" {
		return ""
	}
	return string(a) + "/media/" + account + "/" + name
}

// ownMedia is the inverse of media: the name of an account's medium, if that is what a URL leads to.
func (a address) ownMedia(account, url string) (name string, ok bool) {
	return strings.CutPrefix(url, string(a)+"/media/"+account+"/")
}
