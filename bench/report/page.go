package report

import (
	"bytes"
	_ "embed"
	"html/template"
	"time"
)

//go:embed page.html
var pageText string

// page is what the template shows.
type page struct {
	*Result
	Date     string
	Rows     []*Operation
	Remarks  []string
	Charts   []picture
	Failures []failure
	Settings []setting
	Computer []setting
}

type picture struct {
	Title, Note string
	SVG         template.HTML
}

type failure struct {
	Operation, Code, Count, Share string
}

type setting struct{ Name, Value string }

// HTML returns the result as one page that refers to nothing outside itself.
func (r *Result) HTML() ([]byte, error) {
	p := &page{
		Result: r, Date: r.Started.Format(time.DateTime) + " UTC", Rows: r.rows(), Remarks: r.Remarks(),
		Failures: r.failureRows(), Settings: r.settingRows(), Computer: r.computerRows(),
	}
	for _, chart := range []struct {
		title, note string
		draw        func() (template.HTML, error)
	}{
		{"Throughput", "Successful requests in each second.", r.throughput},
		{"Response times", "Read: this share of the requests took no longer than that.", r.distribution},
		{"Stalls", "The slowest response in each second.", r.stalls},
		{"Errors", "Failed requests in each second.", r.failures},
	} {
		svg, err := chart.draw()
		if err != nil {
			return nil, err
		}
		if svg != "" {
			p.Charts = append(p.Charts, picture{chart.title, chart.note, svg})
		}
	}
	t, err := template.New("page").Funcs(template.FuncMap{"micros": Micros, "count": Count, "rate": perSecond}).Parse(pageText)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, p)
	return b.Bytes(), err
}
