import java.math.BigDecimal;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.List;

/** Batches: as parameters, as texts, and as rows of an insert cursor. */
final class Batches {
    private Batches() {
    }

    static void run() {
        Checks.check("batch of parameters", () -> {
            try (Connection connection = Checks.connect()) {
                Checks.make(connection, "jb", "a int primary key, b varchar(30), c decimal(8,2)");
                fill(connection, "jb", 1000);
                same(connection, "jb", 1000);
                try (PreparedStatement change =
                         connection.prepareStatement("update jb set b = ? where a <= ?")) {
                    for (int i = 1; i <= 3; i++) {
                        change.setString(1, "x" + i);
                        change.setInt(2, i);
                        change.addBatch();
                    }
                    int[] counts = change.executeBatch();
                    Checks.equal(counts[0] + " " + counts[1] + " " + counts[2], "1 2 3", "counts");
                }
            }
        });
        Checks.check("batch with a duplicate", () -> {
            try (Connection connection = Checks.connect()) {
                Checks.make(connection, "jbd", "a int primary key");
                connection.setAutoCommit(false);
                try (PreparedStatement insert =
                         connection.prepareStatement("insert into jbd values (?)")) {
                    for (int i = 0; i < 100; i++) {
                        insert.setInt(1, i == 50 ? 3 : i);
                        insert.addBatch();
                    }
                    insert.executeBatch();
                    throw new AssertionError("no error");
                } catch (BatchUpdateException error) {
                    Checks.equal(error.getErrorCode(), -268, "code");
                    Checks.that(error.getUpdateCounts().length >= 50, "counts "
                        + error.getUpdateCounts().length);
                }
                connection.rollback();
                Checks.equal(Checks.ints(connection, "select count(*) from jbd"),
                    List.of((Object) 0), "rolled back");
                connection.rollback();
            }
        });
        Checks.check("batch of texts", () -> {
            try (Connection connection = Checks.connect();
                 Statement statement = connection.createStatement()) {
                Checks.make(connection, "jbt", "a int");
                statement.addBatch("insert into jbt values (1)");
                statement.addBatch("insert into jbt values (2)");
                statement.addBatch("update jbt set a = a + 10");
                statement.addBatch("delete from jbt where a = 11");
                int[] counts = statement.executeBatch();
                Checks.equal(counts[0] + " " + counts[1] + " " + counts[2] + " " + counts[3],
                    "1 1 2 1", "counts");
                Checks.equal(Checks.ints(connection, "select a from jbt"), List.of((Object) 12),
                    "rows");
            }
        });
        for (String option : new String[] {"IFX_USEPUT=1", "batchInsertPreprocessing=true"}) {
            Checks.check("insert cursor " + option, () -> insertCursor(option));
            Checks.check("insert cursor of every type " + option, () -> everyType(option));
            Checks.check("insert cursor with a duplicate " + option, () -> duplicate(option));
            Checks.check("insert cursor with rows of odd size " + option, () -> oddRows(option));
        }
    }

    private static void insertCursor(String option) throws Exception {
        try (Connection connection = Checks.connect("testdb", option)) {
            Checks.make(connection, "jbp", "a int primary key, b varchar(30), c decimal(8,2)");
            fill(connection, "jbp", 3000);
            same(connection, "jbp", 3000);
        }
    }

    private static void fill(Connection connection, String table, int count) throws Exception {
        connection.setAutoCommit(false);
        try (PreparedStatement insert =
                 connection.prepareStatement("insert into " + table + " values (?, ?, ?)")) {
            for (int i = 1; i <= count; i++) {
                insert.setInt(1, i);
                if (i % 7 == 0) {
                    insert.setNull(2, Types.VARCHAR);
                } else {
                    insert.setString(2, "row " + i);
                }
                insert.setBigDecimal(3, BigDecimal.valueOf(i, 2));
                insert.addBatch();
            }
            Checks.equal(insert.executeBatch().length, count, "counts");
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    private static void same(Connection connection, String table, int count) throws Exception {
        try (Statement statement = connection.createStatement();
             ResultSet set = statement.executeQuery("select a, b, c from " + table
                 + " order by a")) {
            for (int i = 1; i <= count; i++) {
                Checks.that(set.next(), "row " + i);
                Checks.equal(set.getInt(1), i, "a");
                Checks.equal(set.getString(2), i % 7 == 0 ? null : "row " + i, "b");
                Checks.equal(set.getBigDecimal(3), BigDecimal.valueOf(i, 2), "c");
            }
            Checks.that(!set.next(), "end");
        }
    }

    /* Rows of three bytes travel together, each filled up to four. */
    private static void oddRows(String option) throws Exception {
        try (Connection connection = Checks.connect("testdb", option)) {
            Checks.make(connection, "jbo", "a char(1), b smallint");
            connection.setAutoCommit(false);
            try (PreparedStatement insert =
                     connection.prepareStatement("insert into jbo values (?, ?)")) {
                for (int i = 0; i < 26; i++) {
                    insert.setString(1, String.valueOf((char) ('a' + i)));
                    insert.setShort(2, (short) i);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            connection.commit();
            connection.setAutoCommit(true);
            Checks.equal(Checks.ints(connection, "select count(*) from jbo where ascii(a) = b + 97"),
                List.of((Object) 26), "rows");
        }
    }

    private static void everyType(String option) throws Exception {
        try (Connection connection = Checks.connect("testdb", option)) {
            Checks.make(connection, "jbe", "k int, s smallint, b bigint, e int8, f float,"
                + " r smallfloat, d decimal(10,3), m money(8,2), a date, t datetime year to"
                + " fraction(3), c char(7), n nchar(5), v varchar(20), w nvarchar(20),"
                + " l lvarchar(300), o boolean, z int");
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("insert into jbe values"
                + " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                for (int i = 0; i < 50; i++) {
                    everyRow(insert, i);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            connection.commit();
            connection.setAutoCommit(true);
            checkEveryType(connection);
        }
    }

    private static void everyRow(PreparedStatement insert, int i) throws Exception {
        insert.setInt(1, i);
        insert.setShort(2, (short) (i - 25));
        insert.setLong(3, i * 5_000_000_000L);
        insert.setLong(4, -i * 5_000_000_000L);
        insert.setDouble(5, i / 8.0);
        insert.setFloat(6, i / 4.0f);
        insert.setBigDecimal(7, BigDecimal.valueOf(i - 25, 3));
        insert.setBigDecimal(8, BigDecimal.valueOf(i, 2));
        insert.setDate(9, Date.valueOf("2026-05-04"));
        insert.setTimestamp(10, Timestamp.valueOf("2026-05-04 12:34:56.789"));
        insert.setString(11, "c" + i);
        insert.setString(12, "n" + i);
        insert.setString(13, "v".repeat(i % 20));
        insert.setString(14, "w" + i);
        insert.setString(15, "l".repeat(i * 6));
        insert.setBoolean(16, i % 2 == 0);
        insert.setInt(17, -i);
        if (i % 5 == 4) {
            insert.setNull(2 + i % 15, Types.VARCHAR);
        }
    }

    private static void checkEveryType(Connection connection) throws Exception {
        try (PreparedStatement select =
                 connection.prepareStatement("select * from jbe order by k");
             ResultSet set = select.executeQuery()) {
            for (int i = 0; i < 50; i++) {
                Checks.that(set.next(), "row " + i);
                Object[] wanted = {i, i - 25, i * 5_000_000_000L, -i * 5_000_000_000L, i / 8.0,
                    i / 4.0f, BigDecimal.valueOf(i - 25, 3), BigDecimal.valueOf(i, 2),
                    "2026-05-04", Timestamp.valueOf("2026-05-04 12:34:56.789"), "c" + i, "n" + i,
                    "v".repeat(i % 20), "w" + i, "l".repeat(i * 6), i % 2 == 0, -i};
                Object[] got = {set.getInt(1), set.getInt(2), set.getLong(3), set.getLong(4),
                    set.getDouble(5), set.getFloat(6), set.getBigDecimal(7), set.getBigDecimal(8),
                    String.valueOf(set.getDate(9)), set.getTimestamp(10), trimmed(set, 11),
                    trimmed(set, 12), set.getString(13), set.getString(14), set.getString(15),
                    set.getBoolean(16), set.getInt(17)};
                for (int c = 0; c < wanted.length; c++) {
                    if (i % 5 == 4 && c == 1 + i % 15) {
                        set.getObject(c + 1);
                        Checks.that(set.wasNull(), "NULL in row " + i + " column " + c);
                    } else {
                        Checks.equal(got[c], wanted[c], "row " + i + " column " + c);
                    }
                }
            }
            Checks.that(!set.next(), "end");
        }
    }

    private static String trimmed(ResultSet set, int column) throws Exception {
        String text = set.getString(column);
        return text == null ? null : text.stripTrailing();
    }

    private static void duplicate(String option) throws Exception {
        try (Connection connection = Checks.connect("testdb", option)) {
            Checks.make(connection, "jbq", "a int primary key");
            connection.setAutoCommit(false);
            try (PreparedStatement insert =
                     connection.prepareStatement("insert into jbq values (?)")) {
                for (int i = 0; i < 100; i++) {
                    insert.setInt(1, i == 50 ? 3 : i);
                    insert.addBatch();
                }
                insert.executeBatch();
                throw new AssertionError("no error");
            } catch (BatchUpdateException error) {
                Checks.equal(error.getErrorCode(), -268, "code");
            }
            connection.rollback();
            Checks.equal(Checks.ints(connection, "select count(*) from jbq"), List.of((Object) 0),
                "rolled back");
            connection.rollback();
        }
    }
}
