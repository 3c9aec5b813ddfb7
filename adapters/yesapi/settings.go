package yesapi

import (
	"encoding/json"
	"errors"

	"parley/adapters/wire"
)

// signMode is whether requests must be signed.
type signMode uint8

const (
	signOptional signMode = iota // a signature that is given must be right
	signOff                      // signatures are ignored
	signRequired
)

// appSettings is an app's section "yesapi".
type appSettings struct {
	sign        signMode
	static      []string // accepted static signatures
	auth        bool     // answers carry _t and _auth
	style       wire.Style
	natural     bool // chat_message_io: in is received
	newestFirst bool // order of TakeMessageList
	fillErrMsg  bool // return_data=1 puts msg into an empty err_msg
	installed   bool // the message plug-in
	cors        bool // every answer allows other origins; otherwise only those that ask
	prefix      string
}

// defaultPrefix begins the msg of a success; the service's name follows.
const defaultPrefix = "V3.3.0 YesApi "

func readSettings(section json.RawMessage) (*appSettings, error) {
	s := struct {
		Sign        string   `json:"sign"`
		StaticSigns []string `json:"static_signs"`
		Auth        *bool    `json:"auth"`
		JSONStyle   string   `json:"json_style"`
		IO          string   `json:"io"`
		ListOrder   string   `json:"list_order"`
		FillErrMsg  bool     `json:"return_data_fill_err_msg"`
		Plugin      *bool    `json:"plugin"`
		CORS        *bool    `json:"cors"`
		MsgPrefix   *string  `json:"msg_prefix"`
	}{}
	if err := wire.DecodeSettings(section, &s); err != nil {
		return nil, err
	}
	style, styleErr := wire.ParseStyle(s.JSONStyle, wire.PHPUnicode)
	err := errors.Join(
		wire.OneOf("sign", s.Sign, "optional", "off", "required"),
		wire.OneOf("io", s.IO, "documented", "natural"),
		wire.OneOf("list_order", s.ListOrder, "asc", "desc"),
		styleErr,
	)
	for _, sign := range s.StaticSigns {
		if len(sign) < 16 {
			err = errors.Join(err, errors.New("settings: a static sign has at least 16 characters"))
		}
	}
	if err != nil {
		return nil, err
	}
	out := &appSettings{
		static: s.StaticSigns, auth: orTrue(s.Auth), style: style, natural: s.IO == "natural",
		newestFirst: s.ListOrder == "desc", fillErrMsg: s.FillErrMsg, installed: orTrue(s.Plugin), cors: orTrue(s.CORS),
		prefix: defaultPrefix,
	}
	switch s.Sign {
	case "off":
		out.sign = signOff
	case "required":
		out.sign = signRequired
	}
	if s.MsgPrefix != nil {
		out.prefix = *s.MsgPrefix
	}
	return out, nil
}

func orTrue(b *bool) bool { return b == nil || *b }

// CheckSettings reports what is wrong with an app's section "yesapi".
func CheckSettings(section json.RawMessage) error {
	_, err := readSettings(section)
	return err
}
