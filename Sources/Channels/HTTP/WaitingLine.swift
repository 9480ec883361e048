/// Requests that wait for one of the same connections, in the order in which they came. Owned by the loop's thread.
struct WaitingLine {
    /// How many connections they share.
    let most: Int
    /// How many of these are in use.
    var taken = 0
    private var orders: [HTTPLoop.Order?] = []
    private var head = 0

    init(most: Int) { self.most = most }

    var isEmpty: Bool { head == orders.count }
    var waiting: some Sequence<HTTPLoop.Order> { orders[head...].lazy.compactMap { $0 } }

    mutating func append(_ order: HTTPLoop.Order) { orders.append(order) }

    /// The next one, where a connection is free.
    mutating func next() -> HTTPLoop.Order? {
        guard taken < most, head < orders.count else { return nil }
        defer {
            orders[head] = nil
            head += 1
            if head == orders.count || head > 64 && head * 2 > orders.count {
                orders.removeFirst(head)
                head = 0
            }
        }
        return orders[head]
    }

    /// Takes those out for which `isOver` holds.
    mutating func remove(where isOver: (HTTPLoop.Order) -> Bool) -> [HTTPLoop.Order] {
        let all = Array(waiting)
        let over = all.filter(isOver)
        if !over.isEmpty { (orders, head) = (all.filter { !isOver($0) }, 0) }
        return over
    }
}
