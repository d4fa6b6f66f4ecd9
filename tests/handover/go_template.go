// Runs a campaign's body as listmonk 6.2 does: within a template that shows nothing else, with
// Go's html/template and the functions that hand-overs use. Bodies come as a JSON array on standard
// input; for each the mail, or the error, comes out.
package main

import (
	"bytes"
	"encoding/json"
	"html/template"
	"os"
	"regexp"
	"strings"
)

type subscriber struct{ Name, Email string }

func (s subscriber) FirstName() string { return strings.Split(s.Name, " ")[0] }

type message struct{ Subscriber subscriber }

type result struct{ Mail, Error string }

var shorthand = regexp.MustCompile(`{{(\s+)?(TrackView|UnsubscribeURL)(\s+)?}}`)

var functions = template.FuncMap{
	"Safe":           func(text string) template.HTML { return template.HTML(text) },
	"TrackView":      func(*message) template.HTML { return "" },
	"UnsubscribeURL": func(*message) string { return "https://letter.example/out/1" },
	"default": func(fallback any, given ...any) any {
		if len(given) == 0 || given[0] == "" {
			return fallback
		}
		return given[0]
	},
}

func parse(name, text string) (*template.Template, error) {
	text = shorthand.ReplaceAllString(text, "{{ $2 . }}")
	return template.New(name).Funcs(functions).Parse(text)
}

func mail(body string) (string, error) {
	base, err := parse("base", `{{ template "content" . }}{{ TrackView }}`)
	if err != nil {
		return "", err
	}
	content, err := parse("content", body)
	if err != nil {
		return "", err
	}
	whole, err := base.AddParseTree("content", content.Tree)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = whole.ExecuteTemplate(&out, "base", &message{subscriber{"Ann Lee", "ann@example.com"}})
	return out.String(), err
}

func main() {
	var bodies []string
	if err := json.NewDecoder(os.Stdin).Decode(&bodies); err != nil {
		panic(err)
	}
	results := make([]result, 0, len(bodies))
	for _, body := range bodies {
		made, err := mail(body)
		each := result{Mail: made}
		if err != nil {
			each.Error = err.Error()
		}
		results = append(results, each)
	}
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		panic(err)
	}
}
