package settings

import (
	"fmt"
	"strings"
)

// Language selects the language of generated text.
type Language string

// The languages of generated text.
const (
	English Language = "en"
	Chinese Language = "zh"
)

// Page gives the reference page of all settings in Markdown.
func Page(lang Language) string {
	var b strings.Builder
	if lang == Chinese {
		b.WriteString("# 设置\n\n优先级:命令行参数 > 环境变量 > 配置文件 > 默认值。未知的键是错误。\n\n" +
			"| 键 | 参数 | 环境变量 | 默认值 | 含义 |\n|---|---|---|---|---|\n")
	} else {
		b.WriteString("# Settings\n\nA flag wins over the environment, the environment over the file, the file over the default. " +
			"An unknown key is an error.\n\n| Key | Flag | Environment | Default | Meaning |\n|---|---|---|---|---|\n")
	}
	for _, f := range Fields() {
		key := f.Key
		if !f.Allows(FromFile) {
			key = ""
		}
		flag := f.Flag()
		if flag != "" {
			flag = "--" + flag
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n",
			code(key), code(flag), code(f.Env()), code(f.Default), f.text(lang))
	}
	if lang == Chinese {
		b.WriteString("\n`apps` 列表与 `mirrors` 列表只能写在文件里,每次启动时应用:\n\n```yaml\n")
	} else {
		b.WriteString("\nThe lists `apps` and `mirrors` stand in the file only and are applied at every start:\n\n```yaml\n")
	}
	b.WriteString(appsExample + "```\n")
	return b.String()
}

// Example gives a settings file in which everything is at its default and commented out.
func Example(lang Language) string {
	var b strings.Builder
	if lang == Chinese {
		b.WriteString("# Parley 配置文件。所有键均可省略,此处为默认值。\n")
	} else {
		b.WriteString("# Settings of Parley. Every key may be left out; these are the defaults.\n")
	}
	section := ""
	for _, f := range Fields() {
		if !f.Allows(FromFile) {
			continue
		}
		name, indent := f.Key, ""
		if before, after, nested := strings.Cut(f.Key, "."); nested {
			if before != section {
				fmt.Fprintf(&b, "\n# %s:\n", before)
				section = before
			}
			name, indent = after, "  "
		}
		if indent == "" {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "# %s%s: %s  # %s\n", indent, name, scalar(f.Default), f.text(lang))
	}
	b.WriteString("\n")
	for line := range strings.Lines(appsExample) {
		b.WriteString("# " + line)
	}
	return b.String()
}

const appsExample = `apps:
  - key: 0123456789ABCDEF0123456789ABCDEF
    secret: change-me
    name: example
    zone: Asia/Shanghai
    users: closed            # open: whoever is mentioned becomes a user
    phalapi:
      io: documented         # or natural: in = received, out = sent
    yesapi:
      sign: required         # or optional, off
    openim:
      secret: change-me      # signs the tokens; every app has its own
mirrors:
  - app: 0123456789ABCDEF0123456789ABCDEF
    phalapi: https://older.example.com
    yesapi: https://old.example.com
    openim: https://im.example.com
    mode: legacy             # or mirror-legacy, mirror-local, local
    percent: 100             # share of users for whom the mode holds
    writes: false            # true: repeatable writes are sent to both sides
`

func (f *Field) text(lang Language) string {
	if lang == Chinese {
		return f.ZH
	}
	return f.EN
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

// scalar writes a value so that YAML reads it as the same text.
func scalar(s string) string {
	if s == "" || strings.ContainsAny(s, ":#{}[]'\"") || strings.HasSuffix(s, " ") {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return s
}
