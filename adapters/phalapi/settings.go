package phalapi

import (
	"encoding/json"

	"parley/adapters/wire"
)

// appSettings is an app's section "phalapi".
type appSettings struct {
	anonymous string // address of the user who acts where no token does, or empty
	natural   bool   // chat_message_io: in is received
	jsonp     bool
	cors      bool
	debug     bool
	simpleMD5 bool
	paths     bool // the service may stand in the path
	style     wire.Style
}

func readSettings(section json.RawMessage) (*appSettings, error) {
	var s struct {
		AnonymousUser string `json:"anonymous_user"`
		IO            string `json:"io"`
		JSONP         bool   `json:"jsonp"`
		CORS          bool   `json:"cors"`
		Debug         bool   `json:"debug"`
		SimpleMD5     bool   `json:"simple_md5"`
		URIMatch      bool   `json:"uri_match"`
		JSONStyle     string `json:"json_style"`
	}
	if err := wire.DecodeSettings(section, &s); err != nil {
		return nil, err
	}
	if err := wire.OneOf("io", s.IO, "documented", "natural"); err != nil {
		return nil, err
	}
	style, err := wire.ParseStyle(s.JSONStyle, wire.PHPDefault)
	if err != nil {
		return nil, err
	}
	return &appSettings{
		anonymous: s.AnonymousUser, natural: s.IO == "natural", jsonp: s.JSONP, cors: s.CORS, debug: s.Debug,
		simpleMD5: s.SimpleMD5, paths: s.URIMatch, style: style,
	}, nil
}

// CheckSettings reports what is wrong with an app's section "phalapi".
func CheckSettings(section json.RawMessage) error {
	_, err := readSettings(section)
	return err
}
