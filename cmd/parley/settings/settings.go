// Package settings holds what an operator can set. Flags, environment variables, file keys, the reference page and the
// example file are all derived from the tags of one struct.
package settings

import (
	"time"
)

// Settings are all settings of the program. The tags say: yaml, the key in the file, from which the flag and the
// environment variable are named; default, the default in its written form; from, the layers that may set it, where not
// all may; secret, that it is never shown; en and zh, what it means.
type Settings struct {
	Listen string `yaml:"listen" default:"127.0.0.1:8080" en:"address that clients connect to" zh:"客户端连接的地址"`
	Store  string `yaml:"store" default:"badger://./parley-data" en:"URL of the store: badger:///var/lib/parley, or memory: for a try" zh:"存储的 URL:badger:///var/lib/parley;memory: 仅供试用"`
	Config string `yaml:"config" from:"flag env" en:"YAML file with settings" zh:"YAML 配置文件"`
	Demo   bool   `yaml:"demo" default:"false" en:"prepare and print the demo app; loopback only" zh:"准备并打印演示应用;仅限本机"`

	Admin      string `yaml:"admin" default:"127.0.0.1:8081" en:"address of health, metrics and administration; empty switches it off" zh:"健康检查、指标与管理的地址;留空则关闭"`
	AdminToken string `yaml:"admin_token" from:"env file" secret:"true" en:"bearer token that administration and metrics demand; needed beyond loopback" zh:"管理与指标接口要求的令牌;非本机地址必须设置"`

	MemoryMiB  int `yaml:"memory_mib" default:"512" en:"memory for caches in MiB, halved between engine and store" zh:"缓存内存(MiB),引擎与存储各半"`
	MinFreeMiB int `yaml:"min_free_mib" default:"0" en:"free disk space in MiB below which writes are refused; 0 leaves the store's own bound" zh:"磁盘剩余低于此值(MiB)时拒绝写入;0 表示由存储自定"`

	Log      string `yaml:"log" default:"auto" en:"log format: text, json, or auto (text on a terminal)" zh:"日志格式:text、json 或 auto(终端为 text)"`
	LogLevel string `yaml:"log_level" default:"info" en:"least severe level that is logged: debug, info, warn, error" zh:"最低日志级别:debug、info、warn、error"`

	PhalAPI PhalAPI `yaml:"phalapi"`
	OpenIM  OpenIM  `yaml:"openim"`
	Limits  Limits  `yaml:"limits"`

	// Apps are applied at every start.
	Apps []App `yaml:"apps"`
}

// PhalAPI are the settings of the PhalApi dialect that belong to no app.
type PhalAPI struct {
	App string `yaml:"app" en:"key of the app that answers calls without an access token" zh:"应答无 access_token 请求的应用的 key"`
}

// OpenIM are the settings of the OpenIM dialect that belong to no app.
type OpenIM struct {
	Listen string `yaml:"listen" en:"own address for this dialect; empty serves it beside the others" zh:"该协议单独监听的地址;留空则与其他协议共用"`
}

// Limits bound what one client can ask of the server.
type Limits struct {
	Body             Size          `yaml:"body" default:"1MiB" en:"largest request body; over it the answer is 413" zh:"请求体上限;超过则返回 413"`
	Header           Size          `yaml:"header" default:"16KiB" en:"largest request line with headers; over it the answer is 431" zh:"请求行与头部上限;超过则返回 431"`
	Connections      int           `yaml:"connections" default:"10000" en:"connections open at once; over it the answer is 503" zh:"同时连接数上限;超过则返回 503"`
	ConnectionsPerIP int           `yaml:"connections_per_ip" default:"0" en:"connections open at once from one address (of IPv6, one /64 network), over it the answer is 429; 0 is unlimited" zh:"单个地址(IPv6 按 /64 网段)的同时连接数上限,超过则返回 429;0 为不限"`
	ReadTimeout      time.Duration `yaml:"read_timeout" default:"10s" en:"time to receive a whole request" zh:"接收整个请求的时限"`
	WriteTimeout     time.Duration `yaml:"write_timeout" default:"30s" en:"time to send an answer" zh:"发送应答的时限"`
	IdleTimeout      time.Duration `yaml:"idle_timeout" default:"60s" en:"time that a connection may wait for its next request" zh:"空闲连接的保留时间"`
	StopTimeout      time.Duration `yaml:"stop_timeout" default:"10s" en:"time that running requests have to end after SIGTERM" zh:"SIGTERM 之后等待请求结束的时限"`
	MessageBytes     int           `yaml:"message_bytes" default:"65536" en:"largest message body in bytes, at most 65536" zh:"单条消息的最大字节数,至多 65536"`
	Recipients       int           `yaml:"recipients" default:"200" en:"recipients that one send may have" zh:"一次群发的最多接收者数"`
}

// App is an app as the file declares it.
type App struct {
	Key    string `yaml:"key"`
	Secret string `yaml:"secret"`
	Name   string `yaml:"name"`
	// Zone is the IANA time zone of wall clocks in answers.
	Zone string `yaml:"zone"`
	// Users is closed (the default) or open: whether an address that is mentioned for the first time becomes a user.
	Users string `yaml:"users"`
	// PhalAPI, YesAPI and OpenIM are the dialects' own settings of this app.
	PhalAPI map[string]any `yaml:"phalapi"`
	YesAPI  map[string]any `yaml:"yesapi"`
	OpenIM  map[string]any `yaml:"openim"`
}

// Default returns the settings that apply where nothing is set.
func Default() Settings {
	var s Settings
	for _, f := range Fields() {
		f.set(&s, f.value)
	}
	return s
}
