import com.informix.jdbc.IfmxConnection;
import com.informix.jdbc.IfmxStatement;
import java.math.BigDecimal;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Statements, cursors, transactions, errors, cancelling. */
final class Statements {
    static final String LONG_QUERY =
        "select count(*) from systables a, systables b, systables c, systables d, systables e,"
            + " systables f, systables g, systables h";

    private Statements() {
    }

    static void run() {
        statements();
        cursors();
        transactions();
        errors();
        cancelling();
    }

    private static void numbersTo(Connection connection, String table, int count) throws Exception {
        Checks.make(connection, table, "a int, b varchar(40)");
        connection.setAutoCommit(false);
        try (PreparedStatement insert =
                 connection.prepareStatement("insert into " + table + " values (?, ?)")) {
            for (int i = 1; i <= count; i++) {
                insert.setInt(1, i);
                insert.setString(2, "row " + i);
                insert.addBatch();
                if (i % 5000 == 0 || i == count) {
                    insert.executeBatch();
                }
            }
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    private static void statements() {
        Checks.check("update counts", () -> {
            try (Connection connection = Checks.connect()) {
                Checks.make(connection, "jc", "a int, b int");
                Checks.equal(Checks.update(connection, "insert into jc values (1, 1)"), 1, "one");
                Checks.equal(Checks.update(connection,
                    "insert into jc select tabid, tabid from systables where tabid <= 5"), 5,
                    "insert select");
                Checks.equal(Checks.update(connection, "update jc set b = 2 where a <= 3"), 4,
                    "update");
                Checks.equal(Checks.update(connection, "update jc set b = 3"), 6, "update all");
                Checks.equal(Checks.update(connection, "delete from jc where a = 77"), 0, "none");
                Checks.equal(Checks.update(connection, "delete from jc"), 6, "delete all");
                try (Statement statement = connection.createStatement()) {
                    Checks.that(!statement.execute("insert into jc values (7, 7)"), "no rows");
                    Checks.equal(statement.getUpdateCount(), 1, "execute");
                    Checks.that(statement.execute("select a from jc"), "rows");
                    Checks.equal(Checks.rows(statement.getResultSet(), s -> s.getInt(1)),
                        List.of((Object) 7), "rows");
                }
                Checks.drop(connection, "jc");
            }
        });
        Checks.check("generated keys and serials", Statements::serials);
        Checks.check("prepared statement again and again", () -> {
            try (Connection connection = Checks.connect();
                 PreparedStatement select = connection.prepareStatement(
                     "select tabid, tabname from systables where tabid = ?")) {
                for (int i = 0; i < 200; i++) {
                    select.setInt(1, i % 5 + 1);
                    try (ResultSet set = select.executeQuery()) {
                        Checks.that(set.next(), "a row");
                        Checks.equal(set.getInt(1), i % 5 + 1, "tabid");
                        Checks.that(!set.next(), "one row");
                    }
                }
            }
        });
        Checks.check("parameter and result metadata", Statements::describes);
        Checks.check("routine calls", () -> {
            try (Connection connection = Checks.connect()) {
                try {
                    Checks.update(connection, "drop function jdbl");
                } catch (SQLException missing) {
                    // it was not there
                }
                Checks.update(connection, "create function jdbl(n int) returning int;"
                    + " return n * 2; end function");
                Checks.equal(Checks.ints(connection, "execute function jdbl(21)"),
                    List.of((Object) 42), "execute function");
                // registerOutParameter() is for routines that have an OUT parameter
                try (CallableStatement call = connection.prepareCall("{call jdbl(?)}")) {
                    call.setInt(1, 4);
                    try (ResultSet set = call.executeQuery()) {
                        Checks.that(set.next(), "a row");
                        Checks.equal(set.getInt(1), 8, "call");
                    }
                }
                Checks.update(connection, "drop function jdbl");
            }
        });
        Checks.check("DELIMIDENT", () -> {
            try (Connection connection = Checks.connect("testdb", "DELIMIDENT=Y")) {
                Checks.make(connection, "\"Mixed Case\"", "\"Order\" int");
                Checks.update(connection, "insert into \"Mixed Case\" (\"Order\") values (5)");
                Checks.equal(Checks.ints(connection, "select \"Order\" from \"Mixed Case\""),
                    List.of((Object) 5), "rows");
                Checks.drop(connection, "\"Mixed Case\"");
            }
        });
        Checks.check("escapes of JDBC", () -> {
            try (Connection connection = Checks.connect()) {
                Checks.equal(Checks.rows(connection, "select {fn upper('abc')}, {d '2026-05-04'},"
                    + " {ts '2026-05-04 12:34:56'} from systables where tabid = 1",
                    s -> s.getString(1).trim() + "|" + s.getDate(2)),
                    List.of((Object) "ABC|2026-05-04"), "escapes");
            }
        });
    }

    private static void serials() throws Exception {
        try (Connection connection = Checks.connect()) {
            Checks.make(connection, "js", "s serial, a int");
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("insert into js values (0, 1)");
                Checks.equal(((IfmxStatement) statement).getSerial(), 1, "getSerial");
                statement.executeUpdate("insert into js values (0, 2)",
                    Statement.RETURN_GENERATED_KEYS);
                try (ResultSet keys = statement.getGeneratedKeys()) {
                    Checks.that(keys.next(), "a key");
                    Checks.equal(keys.getInt(1), 2, "key");
                }
            }
            try (PreparedStatement insert = connection.prepareStatement(
                "insert into js (a) values (?)", Statement.RETURN_GENERATED_KEYS)) {
                for (int i = 3; i < 6; i++) {
                    insert.setInt(1, i);
                    insert.executeUpdate();
                    try (ResultSet keys = insert.getGeneratedKeys()) {
                        Checks.that(keys.next(), "a key");
                        Checks.equal(keys.getInt(1), i, "key of a prepared insert");
                    }
                }
            }
            bigSerials(connection);
        }
    }

    private static void bigSerials(Connection connection) throws Exception {
        Checks.make(connection, "js8", "s serial8, a int");
        Checks.make(connection, "jsb", "s bigserial, a int");
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("insert into js8 values (5000000000, 1)");
            statement.executeUpdate("insert into js8 values (0, 1)");
            Checks.equal(((IfmxStatement) statement).getSerial8(), 5000000001L, "getSerial8");
            statement.executeUpdate("insert into jsb values (6000000000, 1)");
            statement.executeUpdate("insert into jsb values (0, 1)");
            Checks.equal(((IfmxStatement) statement).getBigSerial(), 6000000001L, "getBigSerial");
        }
        Checks.equal(Checks.rows(connection, "select s from js8 order by s", s -> s.getLong(1)),
            List.of((Object) 5000000000L, 5000000001L), "serial8");
    }

    private static void describes() throws Exception {
        try (Connection connection = Checks.connect()) {
            Checks.make(connection, "jm", "a int not null, b varchar(30), c decimal(8,2),"
                + " d boolean, e serial, f lvarchar(77), g datetime year to second, h char(9)");
            try (PreparedStatement select = connection.prepareStatement(
                "select * from jm where a = ? and b = ?")) {
                ResultSetMetaData meta = select.getMetaData();
                String[] types = {"int", "varchar", "decimal", "boolean", "serial", "lvarchar",
                    "datetime year to second", "char"};
                Checks.equal(meta.getColumnCount(), types.length, "columns");
                for (int i = 1; i <= types.length; i++) {
                    Checks.that(meta.getColumnTypeName(i).toLowerCase().startsWith(
                        types[i - 1].split(" ")[0]), "type name " + meta.getColumnTypeName(i));
                    Checks.equal(meta.getColumnName(i), "abcdefgh".substring(i - 1, i), "name");
                }
                Checks.equal(meta.isNullable(1), ResultSetMetaData.columnNoNulls, "not null");
                Checks.equal(meta.isNullable(2), ResultSetMetaData.columnNullable, "null");
                Checks.equal(meta.getPrecision(3) + "," + meta.getScale(3), "8,2", "decimal");
                Checks.equal(select.getParameterMetaData().getParameterCount(), 2, "parameters");
            }
        }
    }

    private static void cursors() {
        Checks.check("100,000 rows", () -> {
            try (Connection connection = Checks.connect()) {
                numbersTo(connection, "jv", 100_000);
                try (Statement statement = connection.createStatement();
                     ResultSet set = statement.executeQuery("select a, b from jv order by a")) {
                    for (int i = 1; i <= 100_000; i++) {
                        Checks.that(set.next(), "row " + i);
                        Checks.equal(set.getInt(1), i, "a");
                        Checks.equal(set.getString(2), "row " + i, "b");
                    }
                    Checks.that(!set.next(), "end");
                }
            }
        });
        Checks.check("scroll cursor", Statements::scrolls);
        Checks.check("many result sets, interleaved", () -> {
            try (Connection connection = Checks.connect()) {
                numbersTo(connection, "ji", 1000);
                List<Statement> statements = new ArrayList<>();
                List<ResultSet> sets = new ArrayList<>();
                for (int i = 0; i < 40; i++) {
                    Statement statement = connection.createStatement();
                    statements.add(statement);
                    sets.add(statement.executeQuery("select a, b from ji where mod(a, 40) = " + i
                        + " order by a"));
                }
                for (int row = 0; row < 25; row++) {
                    for (int i = 0; i < 40; i++) {
                        Checks.that(sets.get(i).next(), "a row");
                        Checks.equal(sets.get(i).getInt(1), (i == 0 ? 40 : i) + row * 40, "a");
                    }
                }
                for (int i = 0; i < 40; i++) {
                    Checks.that(!sets.get(i).next(), "end");
                    statements.get(i).close();
                }
            }
        });
        Checks.check("setMaxRows and setFetchSize", () -> {
            try (Connection connection = Checks.connect();
                 Statement statement = connection.createStatement()) {
                numbersTo(connection, "jx", 500);
                statement.setMaxRows(7);
                statement.setFetchSize(3);
                try (ResultSet set = statement.executeQuery("select a from jx order by a")) {
                    Checks.equal(Checks.rows(set, s -> s.getInt(1)),
                        List.of((Object) 1, 2, 3, 4, 5, 6, 7), "rows");
                }
                Checks.equal(Checks.ints(connection, "select count(*) from jx"),
                    List.of((Object) 500), "count");
            }
        });
        Checks.check("held cursor over commit", Statements::held);
        Checks.check("positioned update", Statements::positioned);
        Checks.check("larger fetch buffer", () -> {
            try (Connection connection = Checks.connect("testdb", "FET_BUF_SIZE=32767")) {
                numbersTo(connection, "jf", 20_000);
                List<Object> got = Checks.ints(connection, "select a from jf order by a");
                Checks.equal(got.size(), 20_000, "rows");
                for (int i = 0; i < 20_000; i++) {
                    Checks.equal(got.get(i), i + 1, "row");
                }
            }
        });
    }

    private static void scrolls() throws Exception {
        try (Connection connection = Checks.connect()) {
            numbersTo(connection, "jr", 120);
            try (Statement statement = connection.createStatement(
                ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
                 ResultSet set = statement.executeQuery("select a, b from jr order by a")) {
                Checks.that(set.last(), "last");
                Checks.equal(set.getInt(1) + " " + set.getRow(), "120 120", "last");
                Checks.that(set.absolute(50), "absolute");
                Checks.equal(set.getString(2), "row 50", "absolute");
                Checks.that(set.previous(), "previous");
                Checks.equal(set.getInt(1), 49, "previous");
                Checks.that(set.relative(10), "relative");
                Checks.equal(set.getInt(1), 59, "relative");
                Checks.that(set.relative(-58), "relative back");
                Checks.equal(set.getInt(1), 1, "relative back");
                Checks.that(set.isFirst(), "isFirst");
                Checks.that(!set.previous(), "before the first");
                Checks.that(set.next(), "next");
                Checks.equal(set.getInt(1), 1, "next");
                Checks.that(set.absolute(-1), "absolute from the end");
                Checks.equal(set.getInt(1), 120, "absolute from the end");
                Checks.that(!set.next(), "after the last");
                Checks.that(!set.absolute(121), "beyond");
                Checks.that(set.first(), "first");
                int count = 1;
                while (set.next()) {
                    count++;
                    Checks.equal(set.getInt(1), count, "next");
                }
                Checks.equal(count, 120, "rows");
            }
        }
    }

    private static void held() throws Exception {
        try (Connection connection = Checks.connect()) {
            numbersTo(connection, "jh", 3000);
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY,
                ResultSet.CONCUR_READ_ONLY, ResultSet.HOLD_CURSORS_OVER_COMMIT);
                 ResultSet set = statement.executeQuery("select a from jh order by a")) {
                for (int i = 1; i <= 3000; i++) {
                    Checks.that(set.next(), "row " + i);
                    Checks.equal(set.getInt(1), i, "a");
                    if (i % 500 == 0) {
                        Checks.update(connection, "update jh set b = 'seen' where a = " + i);
                        connection.commit();
                    }
                }
            }
            connection.rollback();
            Checks.equal(Checks.ints(connection, "select count(*) from jh where b = 'seen'"),
                List.of((Object) 6), "updates");
            connection.rollback();
        }
    }

    private static void positioned() throws Exception {
        try (Connection connection = Checks.connect()) {
            numbersTo(connection, "jp", 10);
            connection.setAutoCommit(false);
            try (Statement select = connection.createStatement();
                 Statement change = connection.createStatement()) {
                select.setCursorName("jcur");
                ResultSet set = select.executeQuery("select a, b from jp for update");
                while (set.next()) {
                    int a = set.getInt(1);
                    if (a == 3) {
                        change.executeUpdate("update jp set b = 'three' where current of jcur");
                    }
                    if (a == 5) {
                        change.executeUpdate("delete from jp where current of jcur");
                    }
                }
                set.close();
            }
            connection.commit();
            Checks.equal(Checks.ints(connection, "select a from jp where b = 'three'"),
                List.of((Object) 3), "updated");
            Checks.equal(Checks.ints(connection, "select count(*) from jp where a = 5"),
                List.of((Object) 0), "deleted");
            connection.commit();
        }
    }

    private static void transactions() {
        Checks.check("commit, rollback, other connections", () -> {
            try (Connection one = Checks.connect(); Connection other = Checks.connect()) {
                Checks.make(one, "jt", "a int");
                one.setAutoCommit(false);
                Checks.update(one, "insert into jt values (1)");
                Checks.equal(Checks.ints(other, "select a from jt"), List.of(), "not yet");
                one.rollback();
                Checks.update(one, "insert into jt values (2)");
                one.commit();
                Checks.equal(Checks.ints(other, "select a from jt"), List.of((Object) 2), "now");
                one.commit();
                one.rollback();
            }
        });
        Checks.check("savepoints", () -> {
            try (Connection connection = Checks.connect()) {
                Checks.make(connection, "jsp", "a int");
                connection.setAutoCommit(false);
                Checks.update(connection, "insert into jsp values (1)");
                Savepoint named = connection.setSavepoint("one");
                Checks.update(connection, "insert into jsp values (2)");
                Savepoint second = connection.setSavepoint();
                Checks.update(connection, "insert into jsp values (3)");
                connection.rollback(second);
                Checks.equal(Checks.ints(connection, "select a from jsp order by a"),
                    List.of((Object) 1, 2), "second");
                connection.releaseSavepoint(second);
                connection.rollback(named);
                Checks.update(connection, "insert into jsp values (4)");
                connection.commit();
                Checks.equal(Checks.ints(connection, "select a from jsp order by a"),
                    List.of((Object) 1, 4), "first");
                connection.commit();
            }
        });
        Checks.check("isolation levels", () -> {
            try (Connection connection = Checks.connect()) {
                for (int level : new int[] {1, 2, 4, 8, 2}) {
                    connection.setTransactionIsolation(level);
                    Checks.that(!Checks.ints(connection,
                        "select tabid from systables where tabid = 1").isEmpty(), "a row");
                    connection.setAutoCommit(level % 4 != 0);
                    Checks.that(!Checks.ints(connection,
                        "select tabid from systables where tabid = 1").isEmpty(), "a row");
                    if (!connection.getAutoCommit()) {
                        connection.commit();
                    }
                }
            }
            Checks.connect("testdb", "IFX_LOCK_MODE_WAIT=17;IFX_ISOLATION_LEVEL=2U").close();
        });
        Checks.check("definitions roll back", () -> {
            try (Connection connection = Checks.connect()) {
                Checks.drop(connection, "jddl");
                connection.setAutoCommit(false);
                Checks.update(connection, "create table jddl (a int)");
                connection.rollback();
                Checks.fails(-206, () -> Checks.ints(connection, "select a from jddl"));
                connection.rollback();
            }
        });
    }

    private static void errors() {
        Checks.check("errors, four times each", () -> {
            try (Connection connection = Checks.connect()) {
                Checks.drop(connection, "jec");
                Checks.make(connection, "je", "a int primary key, b int not null");
                Checks.update(connection, "insert into je values (1, 1)");
                StringBuilder wrong = new StringBuilder();
                String[][] cases = {
                    {"-206", "42000", "select * from nosuch"}, {"-217", "",
                        "select nosuch from je"}, {"-201", "42000", "selekt 1"},
                    {"-268", "23000", "insert into je values (1, 1)"},
                    {"-391", "23000", "insert into je values (2, null)"},
                    {"-1202", "", "select 1/0 from systables where tabid = 1"},
                    {"-1213", "", "select 'x'::int from systables where tabid = 1"},
                    {"-310", "", "create table je (a int)"},
                    {"-236", "", "insert into je values (1)"},
                };
                for (String[] one : cases) {
                    for (int turn = 0; turn < 4; turn++) {
                        try {
                            errorOnce(connection, one);
                        } catch (Throwable error) {
                            wrong.append(one[2]).append(": ").append(error.getMessage());
                            wrong.append(" | ");
                            break;
                        }
                    }
                }
                Checks.equal(wrong.toString(), "", "wrong");
            }
        });
        Checks.check("position of a syntax error", () -> {
            try (Connection connection = Checks.connect()) {
                Checks.fails(-201, () -> Checks.ints(connection, "selekt tabid from systables"));
                Checks.equal(((IfmxConnection) connection).getSQLStatementOffset(), 1, "offset");
            }
        });
        Checks.check("constraint is named", () -> {
            try (Connection connection = Checks.connect()) {
                Checks.make(connection, "jn", "a int, unique (a) constraint jn_only_one");
                Checks.update(connection, "insert into jn values (1)");
                SQLException error = Checks.fails(-268,
                    () -> Checks.update(connection, "insert into jn values (1)"));
                Checks.that(error.getMessage().contains("jn_only_one"), error.getMessage());
            }
        });
        Checks.check("refused connections", () -> {
            Checks.fails(-329, () -> Checks.connect("nosuchdb", "").close());
            Checks.fails(-951, () -> java.sql.DriverManager.getConnection(
                Checks.url("testdb", ""), "informix", "wrong").close());
            Checks.fails(-761, () -> java.sql.DriverManager.getConnection(
                Checks.url("testdb", "").replace("INFORMIXSERVER=informix",
                    "INFORMIXSERVER=elsewhere"), "informix", "in4mix").close());
        });
    }

    private static void errorOnce(Connection connection, String[] one) throws Exception {
        int code = Integer.parseInt(one[0]);
        boolean query = one[2].startsWith("sel");
        SQLException error = Checks.fails(code, () -> {
            if (query) {
                Checks.ints(connection, one[2]);
            } else {
                Checks.update(connection, one[2]);
            }
        });
        if (!one[1].isEmpty()) {
            Checks.equal(error.getSQLState(), one[1], "state");
        }
        if (query || code == -268 || code == -391) {
            Checks.fails(code, () -> {
                try (PreparedStatement statement = connection.prepareStatement(one[2])) {
                    if (query) {
                        Checks.rows(statement.executeQuery(), s -> s.getString(1));
                    } else {
                        statement.executeUpdate();
                    }
                }
            });
        }
        Checks.equal(Checks.ints(connection, "select a from je"), List.of((Object) 1), "after");
    }

    private static void cancelling() {
        Checks.check("cancel a long query", () -> {
            try (Connection connection = Checks.connect();
                 Statement statement = connection.createStatement()) {
                for (int turn = 0; turn < 3; turn++) {
                    Thread other = new Thread(() -> {
                        try {
                            Thread.sleep(700);
                            statement.cancel();
                        } catch (Exception error) {
                            System.out.println("# cancel: " + Checks.tell(error));
                        }
                    });
                    other.start();
                    long started = System.currentTimeMillis();
                    Checks.fails(-213, () -> Checks.rows(statement.executeQuery(LONG_QUERY),
                        s -> s.getLong(1)));
                    Checks.that(System.currentTimeMillis() - started < 5000, "soon");
                    other.join();
                    Checks.equal(Checks.ints(connection,
                        "select tabid from systables where tabid = 1"), List.of((Object) 1),
                        "the connection goes on");
                }
                statement.cancel();
                Checks.equal(Checks.ints(connection, "select tabid from systables where tabid = 1"),
                    List.of((Object) 1), "a stray cancel");
            }
        });
        Checks.check("setQueryTimeout", () -> {
            try (Connection connection = Checks.connect();
                 Statement statement = connection.createStatement()) {
                statement.setQueryTimeout(1);
                long started = System.currentTimeMillis();
                try {
                    Checks.rows(statement.executeQuery(LONG_QUERY), s -> s.getLong(1));
                    throw new AssertionError("no timeout");
                } catch (SQLException error) {
                    Checks.that(error.getErrorCode() == -80505 || error.getErrorCode() == -213
                        || error instanceof java.sql.SQLTimeoutException, Checks.tell(error));
                }
                Checks.that(System.currentTimeMillis() - started < 8000, "soon");
                Checks.equal(Checks.rows(connection,
                    "select sum(tabid) from systables where tabid <= 10",
                    s -> s.getBigDecimal(1).compareTo(BigDecimal.valueOf(55))),
                    List.of((Object) 0), "the connection goes on");
            }
        });
    }
}
