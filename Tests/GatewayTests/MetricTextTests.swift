import Testing

@testable import Gateway

@Suite("The text format of metrics")
struct MetricTextTests {
    @Test("help and type come first, labels are escaped, whole numbers have no point")
    func samples() {
        var family = MetricFamily("nudged_x_total", .counter, "Things.")
        family.add(3, ["rule": "a\"b\\c\nd", "channel": "短信"])
        family.add(0.25, [:])
        #expect(
            family.text == """
                # HELP nudged_x_total Things.
                # TYPE nudged_x_total counter
                nudged_x_total{rule="a\\"b\\\\c\\nd",channel="短信"} 3
                nudged_x_total 0.25

                """)
    }

    @Test("the buckets of a histogram grow, and the last one counts all")
    func histogram() {
        var histogram = Histogram([0.1, 1])
        for duration in [Duration.milliseconds(100), .milliseconds(500), .seconds(9)] { histogram.note(duration) }
        var family = MetricFamily("nudged_x_seconds", .histogram, "How long.")
        family.add(histogram, ["kind": "tick"])
        #expect(
            family.text.split(separator: "\n").dropFirst(2) == [
                #"nudged_x_seconds_bucket{kind="tick",le="0.1"} 1"#, #"nudged_x_seconds_bucket{kind="tick",le="1"} 2"#,
                #"nudged_x_seconds_bucket{kind="tick",le="+Inf"} 3"#, #"nudged_x_seconds_sum{kind="tick"} 9.6"#,
                #"nudged_x_seconds_count{kind="tick"} 3"#,
            ])
    }
}
