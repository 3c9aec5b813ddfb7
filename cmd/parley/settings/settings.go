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
	Store  string `yaml:"store" default:"badger://./parley-data" en:"URL of the store: badger:///var/lib/parley, postgres://user@host/database for several gateways on one database, or memory: for a try" zh:"存储的 URL:badger:///var/lib/parley;多个网关共用一个数据库用 postgres://user@host/database;memory: 仅供试用"`
	Config string `yaml:"config" from:"flag env" en:"YAML file with settings" zh:"YAML 配置文件"`
	Demo   bool   `yaml:"demo" default:"false" en:"prepare and print the demo app; loopback only" zh:"准备并打印演示应用;仅限本机"`

	Admin      string `yaml:"admin" default:"127.0.0.1:8081" en:"address of health, metrics and administration; empty switches it off" zh:"健康检查、指标与管理的地址;留空则关闭"`
	AdminToken string `yaml:"admin_token" from:"env file" secret:"true" en:"bearer token that administration and metrics demand; needed beyond loopback" zh:"管理与指标接口要求的令牌;非本机地址必须设置"`

	SecretKey string `yaml:"secret_key" from:"env file" secret:"true" en:"64 hexadecimal digits that seal the credentials of official accounts; if empty, a key is kept in a file beside an embedded store" zh:"用于加密公众号凭据的密钥(64 位十六进制);留空时在内嵌存储旁的文件中自动生成"`

	MemoryMiB  int `yaml:"memory_mib" default:"512" en:"memory of the server in MiB, mapped files of the store not counted; a quarter for what the engine keeps and three eighths for the store" zh:"服务器内存(MiB),不含存储的映射文件;引擎缓存占四分之一,存储占八分之三"`
	MinFreeMiB int `yaml:"min_free_mib" default:"0" en:"free disk space in MiB below which writes are refused; 0 leaves the store's own bound" zh:"磁盘剩余低于此值(MiB)时拒绝写入;0 表示由存储自定"`

	Log      string `yaml:"log" default:"auto" en:"log format: text, json, or auto (text on a terminal)" zh:"日志格式:text、json 或 auto(终端为 text)"`
	LogLevel string `yaml:"log_level" default:"info" en:"least severe level that is logged: debug, info, warn, error" zh:"最低日志级别:debug、info、warn、error"`

	PhalAPI PhalAPI `yaml:"phalapi"`
	OpenIM  OpenIM  `yaml:"openim"`
	WeChat  WeChat  `yaml:"wechat"`
	Mirror  Mirror  `yaml:"mirror"`
	Limits  Limits  `yaml:"limits"`

	// Apps are applied at every start.
	Apps []App `yaml:"apps"`
	// Mirrors are the apps that have a legacy server.
	Mirrors []AppMirror `yaml:"mirrors"`
}

// PhalAPI are the settings of the PhalApi dialect that belong to no app.
type PhalAPI struct {
	App string `yaml:"app" en:"key of the app that answers calls without an access token" zh:"应答无 access_token 请求的应用的 key"`
}

// OpenIM are the settings of the OpenIM dialect that belong to no app.
type OpenIM struct {
	Listen string `yaml:"listen" en:"own address for this dialect; empty serves it beside the others" zh:"该协议单独监听的地址;留空则与其他协议共用"`
}

// WeChat are the settings of the dialect for official accounts. None belongs to an app: all accounts are of one.
type WeChat struct {
	App         string        `yaml:"app" en:"key of the app that the official accounts belong to; empty switches the dialect off" zh:"公众号所属应用的 key;留空则不启用该协议"`
	APIKey      string        `yaml:"api_key" from:"env file" secret:"true" en:"key that every call under /v1 must carry; needed beyond loopback" zh:"/v1 下所有调用必须携带的密钥;非本机地址必须设置"`
	BaseURL     string        `yaml:"base_url" en:"URL at which the world reaches this server, for callbacks, pages and media; empty means http:// and the address" zh:"外界访问本服务的 URL,用于回调、文章与媒体;留空则为 http:// 加监听地址"`
	Upstream    string        `yaml:"upstream" default:"https://api.weixin.qq.com" en:"URL of the official API" zh:"官方接口的 URL"`
	Shapes      string        `yaml:"shapes" default:"document" en:"whose answers to give where they differ: document, or original for the original server's" zh:"应答形式不一致时以谁为准:document(文档)或 original(原服务器)"`
	HTTPStatus  string        `yaml:"http_status" default:"ok" en:"HTTP status of envelopes: ok is always 200, mirror repeats the code" zh:"应答的 HTTP 状态码:ok 恒为 200,mirror 与 code 相同"`
	ReplyWait   time.Duration `yaml:"reply_wait" default:"4s" en:"how long the official platform waits for a reply, which is sent afterwards if it takes longer" zh:"被动回复的最长等待时间;超过则改用客服消息发送"`
	Unchecked   bool          `yaml:"unchecked_callbacks" default:"false" en:"take callbacks with wrong signatures, for tries only" zh:"接受签名错误的回调,仅供试用"`
	ForgetGone  bool          `yaml:"forget_leavers" default:"false" en:"blank the profile of followers who leave" zh:"用户取消关注后清除其资料"`
	AllImages   bool          `yaml:"lenient_uploads" default:"false" en:"take also .jpeg, which the platform refuses" zh:"上传时也接受 .jpeg"`
	CheckUpload bool          `yaml:"checked_uploads" default:"false" en:"refuse files that are not what their name says" zh:"拒绝内容与扩展名不符的文件"`
}

// Limits bound what one client can ask of the server.
type Limits struct {
	Body             Size          `yaml:"body" default:"1MiB" en:"largest request body; over it the answer is 413" zh:"请求体上限;超过则返回 413"`
	Header           Size          `yaml:"header" default:"16KiB" en:"largest request line with headers; over it the answer is 431" zh:"请求行与头部上限;超过则返回 431"`
	Connections      int           `yaml:"connections" default:"10000" en:"connections open at once; over it the answer is 503" zh:"同时连接数上限;超过则返回 503"`
	ConnectionsPerIP int           `yaml:"connections_per_ip" default:"0" en:"connections open at once from one address (of IPv6, one /64 network), over it the answer is 429; 0 is unlimited" zh:"单个地址(IPv6 按 /64 网段)的同时连接数上限,超过则返回 429;0 为不限"`
	ReadTimeout      time.Duration `yaml:"read_timeout" default:"10s" en:"time to receive a whole request" zh:"接收整个请求的时限"`
	UploadTimeout    time.Duration `yaml:"upload_timeout" default:"2m" en:"time to receive a file where read_timeout is too short for it" zh:"接收上传文件的时限(不受 read_timeout 限制)"`
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
