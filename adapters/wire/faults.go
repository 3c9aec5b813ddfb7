package wire

import "parley/core"

// FaultRow gives one of core's codes a dialect's number and words.
type FaultRow struct {
	Code   core.Code
	Number int64
	ZH, EN string
}

// FaultTable maps faults to a dialect and back. It has one row for every code; where several share a number, the first
// is the inverse.
type FaultTable []FaultRow

// Row returns the row of code.
func (t FaultTable) Row(code core.Code) FaultRow {
	for _, row := range t {
		if row.Code == code {
			return row
		}
	}
	return FaultRow{Code: core.Internal, Number: 500, ZH: "服务器内部错误", EN: "internal error"}
}

// Code returns the code behind a remote's number: by family where the table does not have it.
func (t FaultTable) Code(number int64) core.Code {
	for _, row := range t {
		if row.Number == number {
			return row.Code
		}
	}
	if number >= 400 && number < 500 {
		return core.Invalid
	}
	return core.Internal
}

// Missing returns the codes that the table lacks, for the test that every dialect has.
func (t FaultTable) Missing() (codes []core.Code) {
next:
	for _, code := range core.Codes() {
		for _, row := range t {
			if row.Code == code && row.ZH != "" && row.EN != "" {
				continue next
			}
		}
		codes = append(codes, code)
	}
	return codes
}
