import com.informix.jdbc.IfmxPreparedStatement;
import com.informix.jdbc.IfmxResultSet;
import com.informix.lang.IntervalDF;
import com.informix.lang.IntervalYM;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;

/** Every scalar type: as a literal and as a parameter, with a guard behind it. */
final class Values {
    private static final int GUARD = 123454321;

    interface Setter {
        void set(PreparedStatement statement, int index, Object value) throws SQLException;
    }

    interface Getter {
        Object get(ResultSet row, int column) throws SQLException;
    }

    private static final Setter INT = (s, i, v) -> s.setInt(i, ((Number) v).intValue());
    private static final Setter SHORT = (s, i, v) -> s.setShort(i, ((Number) v).shortValue());
    private static final Setter BYTE = (s, i, v) -> s.setByte(i, ((Number) v).byteValue());
    private static final Setter LONG = (s, i, v) -> s.setLong(i, ((Number) v).longValue());
    private static final Setter FLOAT = (s, i, v) -> s.setFloat(i, ((Number) v).floatValue());
    private static final Setter DOUBLE = (s, i, v) -> s.setDouble(i, ((Number) v).doubleValue());
    private static final Setter TEXT = (s, i, v) -> s.setString(i, v.toString());
    private static final Setter DECIMAL = (s, i, v) ->
        s.setBigDecimal(i, v instanceof BigDecimal ? (BigDecimal) v : new BigDecimal(v.toString()));
    private static final Setter OBJECT = (s, i, v) -> s.setObject(i, v);
    private static final Setter DATE = (s, i, v) -> s.setDate(i, (Date) v);
    private static final Setter STAMP = (s, i, v) -> s.setTimestamp(i, (Timestamp) v);
    private static final Setter TIME = (s, i, v) -> s.setTime(i, (Time) v);
    private static final Setter BOOLEAN = (s, i, v) -> s.setBoolean(i, (Boolean) v);
    private static final Setter DAYS = (s, i, v) ->
        ((IfmxPreparedStatement) s).setIntervalDF(i, (IntervalDF) v);
    private static final Setter MONTHS = (s, i, v) ->
        ((IfmxPreparedStatement) s).setIntervalYM(i, (IntervalYM) v);

    private static final Getter G_INT = ResultSet::getInt;
    private static final Getter G_LONG = ResultSet::getLong;
    private static final Getter G_DOUBLE = ResultSet::getDouble;
    private static final Getter G_FLOAT = ResultSet::getFloat;
    private static final Getter G_DECIMAL = ResultSet::getBigDecimal;
    private static final Getter G_TEXT = ResultSet::getString;
    private static final Getter G_DATE = ResultSet::getDate;
    private static final Getter G_STAMP = ResultSet::getTimestamp;
    private static final Getter G_TIME = ResultSet::getTime;
    private static final Getter G_BOOLEAN = ResultSet::getBoolean;

    private Values() {
    }

    static Object[] values(Object... values) {
        return values;
    }

    static BigDecimal decimal(String text) {
        return new BigDecimal(text);
    }

    static BigDecimal[] decimals(String... texts) {
        BigDecimal[] all = new BigDecimal[texts.length];
        for (int i = 0; i < texts.length; i++) {
            all[i] = decimal(texts[i]);
        }
        return all;
    }

    static String quoted(Object value) {
        return "'" + value.toString().replace("'", "''") + "'";
    }

    static String repeat(char c, int count) {
        return String.valueOf(c).repeat(count);
    }

    private static Object normal(Object value) {
        return value instanceof BigDecimal ? ((BigDecimal) value).stripTrailingZeros() : value;
    }

    private static String literal(Object value) {
        if (value instanceof Boolean) {
            return (Boolean) value ? "'t'" : "'f'";
        }
        if (value instanceof BigDecimal) {
            return ((BigDecimal) value).toPlainString();
        }
        return value instanceof Number ? value.toString() : quoted(value);
    }

    /** One type: its values through each setter, and back through the getter. */
    private static void type(String sql, Object[] values, Getter getter, Setter... setters) {
        Checks.check("value[" + sql + "]", () -> {
            try (Connection connection = Checks.connect()) {
                String columns = "k int, a int, v " + sql + ", z int";
                Checks.update(connection, "create temp table tv (" + columns + ")");
                for (int i = 0; i < values.length; i++) {
                    Checks.update(connection, "insert into tv values (" + i + ", " + -GUARD + ", "
                        + literal(values[i]) + ", " + GUARD + ")");
                }
                Checks.update(connection, "insert into tv values (" + values.length + ", "
                    + -GUARD + ", null, " + GUARD + ")");
                compare(connection, "literal", sql, values, getter);
                for (int s = 0; s < setters.length; s++) {
                    Checks.update(connection, "delete from tv where k >= 0");
                    bind(connection, values, setters[s]);
                    compare(connection, "setter " + s, sql, values, getter);
                }
            }
        });
    }

    private static void bind(Connection connection, Object[] values, Setter setter)
        throws SQLException {
        try (PreparedStatement insert =
                 connection.prepareStatement("insert into tv values (?, ?, ?, ?)")) {
            for (int i = 0; i <= values.length; i++) {
                insert.setInt(1, i);
                insert.setInt(2, -GUARD);
                if (i < values.length) {
                    setter.set(insert, 3, values[i]);
                } else {
                    insert.setNull(3, Types.VARCHAR);
                }
                insert.setInt(4, GUARD);
                Checks.equal(insert.executeUpdate(), 1, "update count");
            }
        }
    }

    private static void compare(Connection connection, String how, String sql, Object[] values,
                                Getter getter) throws SQLException {
        try (PreparedStatement select =
                 connection.prepareStatement("select k, a, v, z from tv order by k");
             ResultSet set = select.executeQuery()) {
            for (int i = 0; i <= values.length; i++) {
                String what = how + " " + sql + " row " + i;
                Checks.that(set.next(), what + " is there");
                Object got = getter.get(set, 3);
                boolean isNull = set.wasNull();
                Checks.equal(set.getInt(1) + " " + set.getInt(2) + " " + set.getInt(4),
                    i + " " + -GUARD + " " + GUARD, what + " guards");
                Checks.equal(isNull, i == values.length, what + " null");
                if (i < values.length) {
                    Object wanted = normal(values[i]);
                    if (got instanceof String && sql.matches("n?char\\(.*")) {
                        got = ((String) got).stripTrailing();
                        wanted = ((String) wanted).stripTrailing();
                    }
                    Checks.equal(normal(got), wanted, what);
                }
            }
            Checks.that(!set.next(), "end");
        }
    }

    static void run() {
        numbers();
        texts();
        times();
        type("boolean", values(true, false), G_BOOLEAN, BOOLEAN, OBJECT);
        intervals();
        guardsOfEverything();
    }

    private static void numbers() {
        type("smallint", values(0, 1, -1, 127, -127), G_INT, BYTE, SHORT, INT, LONG, TEXT, DECIMAL);
        type("smallint", values(32767, -32767), G_INT, SHORT, INT, LONG, TEXT, DECIMAL, OBJECT);
        type("int", values(0, 42, -1, Integer.MAX_VALUE, -Integer.MAX_VALUE), G_INT, INT, LONG,
            TEXT, DECIMAL, OBJECT);
        Object[] longs = values(0L, 4294967296L, Long.MAX_VALUE, -Long.MAX_VALUE);
        type("bigint", longs, G_LONG, LONG, TEXT, DECIMAL, OBJECT);
        type("int8", longs, G_LONG, LONG, TEXT, DECIMAL, OBJECT);
        type("float", values(0.0, 3.25, -1.5, 1e300, -1e-300, 0.1), G_DOUBLE, DOUBLE, TEXT, OBJECT);
        type("smallfloat", values(0.0f, 1.5f, -0.25f, 0.1f), G_FLOAT, FLOAT, TEXT, OBJECT);
        type("decimal(8,2)", decimals("0", "1234.56", "-1234.56", "0.01", "-0.01", "999999.99"),
            G_DECIMAL, DECIMAL, TEXT, OBJECT);
        type("decimal(5,0)", decimals("0", "99999", "-99999"), G_DECIMAL, DECIMAL, TEXT, INT);
        type("decimal(5,5)", decimals("0", "0.99999", "-0.00001"), G_DECIMAL, DECIMAL, TEXT);
        type("decimal(10,3)", decimals("1234567.891", "-0.001"), G_DECIMAL, DECIMAL, TEXT);
        type("decimal(32,10)", decimals("1234567890123456789012.0123456789", "-0.0000000001"),
            G_DECIMAL, DECIMAL, TEXT);
        type("decimal(16)", decimals("1234567890123456", "0.00000001", "0"), G_DECIMAL, DECIMAL,
            TEXT);
        type("money(16,2)", decimals("12345.67", "-0.05", "0"), G_DECIMAL, DECIMAL, TEXT);
    }

    private static void texts() {
        String latin = "\u00e9t\u00e9 \u00ff\u00a1";
        type("char(6)", values("ab", "", "abcdef", " a", "it's"), G_TEXT, TEXT, OBJECT);
        type("char(2000)", values("", repeat('x', 2000)), G_TEXT, TEXT);
        type("nchar(10)", values("nch", latin), G_TEXT, TEXT);
        type("varchar(255)", values("hello", "", "trail  ", repeat('x', 255), latin, "a\\"),
            G_TEXT, TEXT, OBJECT);
        type("nvarchar(20)", values("nvc", latin), G_TEXT, TEXT, OBJECT);
        type("lvarchar(300)", values("odd", "", repeat('x', 300), latin), G_TEXT, TEXT, OBJECT);
        type("lvarchar(32000)", values("", repeat('o', 4095), repeat('y', 4097),
            repeat('z', 32000)), G_TEXT, TEXT);
        type("lvarchar(300)", values("by stream", "even"), G_TEXT,
            (s, i, v) -> s.setBytes(i, v.toString().getBytes()),
            (s, i, v) -> s.setCharacterStream(i, new java.io.StringReader(v.toString()),
                v.toString().length()),
            (s, i, v) -> s.setAsciiStream(i, new java.io.ByteArrayInputStream(
                v.toString().getBytes()), v.toString().length()));
    }

    private static void times() {
        Object[] dates = values(Date.valueOf("2026-05-04"), Date.valueOf("1899-12-31"),
            Date.valueOf("9999-12-31"), Date.valueOf("2000-02-29"), Date.valueOf("1600-01-01"));
        type("date", dates, G_DATE, DATE, TEXT, OBJECT,
            (s, i, v) -> s.setObject(i, ((Date) v).toLocalDate()),
            (s, i, v) -> s.setTimestamp(i, Timestamp.valueOf(
                ((Date) v).toLocalDate().atTime(12, 34, 56))));
        Object[] stamps = values(Timestamp.valueOf("2026-05-04 12:34:56"),
            Timestamp.valueOf("1899-12-31 00:00:00"), Timestamp.valueOf("9999-12-31 23:59:59"));
        Checks.check("value[datetime]", () -> {
            try (Connection connection = Checks.connect()) {
                stampRows(connection, "year to second", stamps);
                stampRows(connection, "year to fraction(5)", values(
                    Timestamp.valueOf("2026-05-04 12:34:56.78912"),
                    Timestamp.valueOf("2026-05-04 12:34:56.00001"), stamps[0]));
                stampRows(connection, "year to fraction(3)", values(
                    Timestamp.valueOf("2026-05-04 12:34:56.789"), stamps[0]));
            }
        });
        type("datetime hour to second", values(Time.valueOf("12:34:56"), Time.valueOf("00:05:06")),
            G_TIME, TIME, TEXT);
        Checks.check("value[LocalDateTime]", Values::localTimes);
    }

    private static void stampRows(Connection connection, String qualifier, Object[] values)
        throws SQLException {
        Checks.drop(connection, "td");
        Checks.update(connection, "create temp table td (a int, v datetime " + qualifier
            + ", z int)");
        try (PreparedStatement insert =
                 connection.prepareStatement("insert into td values (?, ?, ?)")) {
            for (int i = 0; i < values.length; i++) {
                insert.setInt(1, i);
                insert.setTimestamp(2, (Timestamp) values[i]);
                insert.setInt(3, GUARD);
                Checks.equal(insert.executeUpdate(), 1, "update count");
            }
        }
        try (PreparedStatement select =
                 connection.prepareStatement("select v, z, v::lvarchar from td order by a");
             ResultSet set = select.executeQuery()) {
            for (Object value : values) {
                Checks.that(set.next(), "a row");
                Checks.equal(set.getTimestamp(1), value, qualifier);
                Checks.equal(set.getInt(2), GUARD, qualifier + " guard");
                Checks.equal(Timestamp.valueOf(set.getString(3)), value, qualifier + " as text");
            }
        }
    }

    private static void localTimes() throws SQLException {
        try (Connection connection = Checks.connect()) {
            Checks.update(connection,
                "create temp table tl (d date, t datetime year to fraction(5), z int)");
            LocalDate day = LocalDate.of(2026, 5, 4);
            LocalDateTime moment = LocalDateTime.of(2026, 5, 4, 12, 34, 56, 780_000_000);
            try (PreparedStatement insert =
                     connection.prepareStatement("insert into tl values (?, ?, ?)")) {
                insert.setObject(1, day);
                insert.setObject(2, Timestamp.valueOf(moment));
                insert.setInt(3, GUARD);
                insert.executeUpdate();
            }
            try (PreparedStatement select = connection.prepareStatement("select * from tl");
                 ResultSet set = select.executeQuery()) {
                Checks.that(set.next(), "a row");
                Checks.equal(set.getDate(1).toLocalDate(), day, "date");
                Checks.equal(set.getTimestamp(2).toLocalDateTime(), moment, "datetime");
                Checks.equal(set.getInt(3), GUARD, "guard");
            }
        }
    }

    private static void intervals() {
        Checks.check("value[interval day to fraction]", () -> {
            try (Connection connection = Checks.connect()) {
                Checks.update(connection, "create temp table ti (a int, v interval day(5) to"
                    + " fraction(3), y interval year(4) to month, z int)");
                String[] spans = {"12345 22:33:44.789", "-3 04:05:06.000", "0 00:00:00.500"};
                String[] years = {"5-03", "-5-03", "2026-11"};
                for (int i = 0; i < spans.length; i++) {
                    bindInterval(connection, i, spans[i], years[i]);
                    Checks.update(connection, "insert into ti values (" + (i + 10) + ", interval("
                        + spans[i] + ") day(5) to fraction(3), interval(" + years[i]
                        + ") year(4) to month, " + GUARD + ")");
                }
                Checks.update(connection, "insert into ti values (99, null, null, " + GUARD + ")");
                checkIntervals(connection, spans, years);
            }
        });
    }

    private static void bindInterval(Connection connection, int key, String span, String years)
        throws SQLException {
        try (PreparedStatement insert =
                 connection.prepareStatement("insert into ti values (?, ?, ?, ?)")) {
            insert.setInt(1, key);
            DAYS.set(insert, 2, new IntervalDF(span, 5, (byte) 4, (byte) 13));
            MONTHS.set(insert, 3, new IntervalYM(years, 4, (byte) 0, (byte) 2));
            insert.setInt(4, GUARD);
            Checks.equal(insert.executeUpdate(), 1, "update count");
        }
    }

    private static void checkIntervals(Connection connection, String[] spans, String[] years)
        throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
            "select a, v, y, z, v::lvarchar, y::lvarchar from ti order by a");
             ResultSet set = select.executeQuery()) {
            for (int i = 0; i < 2 * spans.length; i++) {
                Checks.that(set.next(), "a row");
                int which = i % spans.length;
                IfmxResultSet row = (IfmxResultSet) set;
                IntervalDF wanted = new IntervalDF(spans[which], 5, (byte) 4, (byte) 13);
                Checks.equal(row.getIntervalDF(2).getSeconds(), wanted.getSeconds(), "seconds");
                Checks.equal(row.getIntervalDF(2).getNanoSeconds(), wanted.getNanoSeconds(),
                    "nanoseconds");
                Checks.equal(row.getIntervalYM(3).getMonths(),
                    new IntervalYM(years[which], 4, (byte) 0, (byte) 2).getMonths(), "months");
                Checks.equal(set.getInt(4), GUARD, "guard");
                Checks.equal(set.getString(5).trim(), spans[which], "text");
                Checks.equal(set.getString(6).trim(), years[which], "text");
            }
            Checks.that(set.next(), "the row of NULL");
            Checks.equal(set.getString(2), null, "NULL");
            Checks.equal(set.getString(3), null, "NULL");
            Checks.equal(set.getInt(4), GUARD, "guard");
        }
    }

    private static void guardsOfEverything() {
        Checks.check("row of everything, each column NULL once", () -> {
            String[] types = {"int", "boolean", "smallint", "varchar(30)", "int8", "lvarchar(40)",
                "bigint", "char(5)", "decimal(8,2)", "datetime year to second", "float",
                "interval day to second", "smallfloat", "date", "money(10,2)", "nvarchar(9)"};
            String[] literals = {"1", "'t'", "3", "'tail'", "2001", "'Package'", "-10", "'abcde'",
                "1234.56", "datetime(2026-05-04 12:34:56) year to second", "3.25",
                "interval(5 04:03:02) day to second", "1.5", "'2026-05-04'", "0.05", "'nv'"};
            try (Connection connection = Checks.connect()) {
                everything(connection, types, literals);
            }
        });
    }

    private static void everything(Connection connection, String[] types, String[] literals)
        throws Exception {
        StringBuilder columns = new StringBuilder("k int");
        for (int i = 0; i < types.length; i++) {
            columns.append(", c").append(i).append(' ').append(types[i]);
        }
        Checks.update(connection, "create temp table te (" + columns + ", z int)");
        for (int hole = 0; hole <= types.length; hole++) {
            StringBuilder row = new StringBuilder(String.valueOf(hole));
            for (int i = 0; i < types.length; i++) {
                row.append(", ").append(i == hole ? "null" : literals[i]);
            }
            Checks.update(connection, "insert into te values (" + row + ", " + GUARD + ")");
        }
        String[] texts = new String[types.length];
        try (PreparedStatement select = connection.prepareStatement(
            "select * from te order by k desc"); ResultSet set = select.executeQuery()) {
            for (int hole = types.length; hole >= 0; hole--) {
                Checks.that(set.next(), "a row");
                for (int i = 0; i < types.length; i++) {
                    String text = set.getString(2 + i);
                    texts[i] = hole == types.length ? text : texts[i];
                    Checks.equal(text, i == hole ? null : texts[i], types[i]);
                    Checks.that(hole != types.length || text != null, types[i] + " has a value");
                }
                Checks.equal(set.getInt(2 + types.length), GUARD, "guard");
            }
        }
    }
}
