import HAProxyClient
import Testing

@Suite struct HAProxyTableTests {
    @Test func columnsAreReadByNameWhateverTheirPosition() throws {
        let old = try HAProxyTable(csv: "# pxname,svname,scur,lbtot,\nbe_blue,blue,1,10,\nbe_blue,BACKEND,1,10,\n")
        let new = try HAProxyTable(csv: "# pxname,svname,extra,lbtot,scur\nbe_blue,blue,x,10,1\n")
        #expect(old.rows[0]["lbtot"] == "10" && new.rows[0]["lbtot"] == "10")
        #expect(old.rows[0]["scur"] == "1" && new.rows[0]["scur"] == "1")
        #expect(old.rows.count == 2)
    }

    @Test func anAnswerWithoutHeaderIsUnreadableAndNotEmpty() {
        #expect(throws: HAProxyError.self) { try HAProxyTable(csv: "Unknown command") }
    }
}
