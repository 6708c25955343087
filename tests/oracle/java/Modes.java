import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Databases by how they were made: ANSI, without a log, of other code sets; and rows that are
 *  changed through a cursor. */
final class Modes {
    private Modes() {
    }

    static void run() {
        Checks.check("an ANSI database", () -> ansi());
        Checks.check("an ANSI database in autocommit mode", () -> ansiAutocommit());
        Checks.check("an unlogged database", () -> unlogged());
        Checks.check("updates through a cursor", () -> positioned());
        Checks.check("an updatable result set", () -> updatable());
        for (String[] locale : new String[][] {
            {"en_US.utf8", "Grüße, Ψυχή, 漢字, 😀", "äöü€"}, {"en_US.57372", "Ωmega", "ж€"},
            {"en_US.8859-1", "Grüße, señor", "äöü"}, {"pl_PL.8859-2", "Zażółć gęślą", "łś"},
            {"en_US.8859-15", "5 € für Œuvre", "€Œ"}, {"en_US.1252", "„5 €“ – Šž", "€š"}}) {
            Checks.check("the code set of " + locale[0],
                () -> codeSet(locale[0], locale[1], locale[2]));
        }
    }

    private static void make(String database, String mode, String options) throws Exception {
        try (Connection connection = Checks.connect("sysmaster", options)) {
            Checks.update(connection, "create database " + database + " " + mode);
        }
    }

    private static void ansi() throws Exception {
        make("jansi", "with log mode ansi", "");
        try (Connection one = Checks.connect("jansi", "");
             Connection other = Checks.connect("jansi", "")) {
            Checks.equal(one.getTransactionIsolation(), Connection.TRANSACTION_SERIALIZABLE,
                "isolation");
            one.setAutoCommit(false);
            other.setAutoCommit(false);
            Checks.make(one, "ja", "a int, b varchar(20)");
            one.commit();
            for (int i = 1; i <= 50; i++) {
                Checks.update(one, "insert into ja values (" + i + ", 'row " + i + "')");
            }
            Checks.equal(Checks.ints(other, "select a from ja"), List.of(), "not yet");
            one.rollback();
            Checks.equal(Checks.ints(one, "select a from ja"), List.of(), "rolled back");
            for (int i = 1; i <= 50; i++) {
                Checks.update(one, "insert into ja values (" + i + ", 'row " + i + "')");
            }
            one.commit();
            Checks.equal(Checks.ints(other, "select a from ja").size(), 50, "one by one");
            one.commit();
            one.rollback();
            other.commit();
            try (Statement select = one.createStatement();
                 Statement change = one.createStatement()) {
                select.setCursorName("jansicur");
                ResultSet set = select.executeQuery("select a from ja");
                while (set.next()) {
                    if (set.getInt(1) % 10 == 0) {
                        change.executeUpdate("delete from ja where current of jansicur");
                    }
                }
                set.close();
            }
            one.commit();
            Checks.equal(Checks.ints(other, "select count(*) from ja"), List.of((Object) 45),
                "left");
            other.commit();
        }
    }

    private static void ansiAutocommit() throws Exception {
        try (Connection one = Checks.connect("jansi", "");
             Connection other = Checks.connect("jansi", "")) {
            Checks.make(one, "jauto", "a int primary key");
            Checks.update(one, "insert into jauto values (1)");
            Checks.equal(Checks.ints(other, "select a from jauto"), List.of((Object) 1),
                "committed");
            Checks.fails(-268, () -> Checks.update(one, "insert into jauto values (1)"));
            Checks.update(other, "insert into jauto values (2)");
            Checks.equal(Checks.ints(one, "select a from jauto order by a"), List.of((Object) 1, 2),
                "both");
            try (PreparedStatement insert = one.prepareStatement("insert into jauto values (?)")) {
                for (int i = 10; i < 20; i++) {
                    insert.setInt(1, i);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            Checks.equal(Checks.ints(other, "select a from jauto").size(), 12, "after the batch");
        }
    }

    private static void unlogged() throws Exception {
        make("junlogged", "", "");
        try (Connection one = Checks.connect("junlogged", "");
             Connection other = Checks.connect("junlogged", "")) {
            Checks.that(!one.getMetaData().supportsTransactions(), "no transactions");
            Checks.make(one, "ju", "a int");
            Checks.update(one, "insert into ju values (1)");
            Checks.equal(Checks.ints(other, "select a from ju"), List.of((Object) 1), "at once");
            try {
                one.setAutoCommit(false);
                throw new AssertionError("setAutoCommit(false) without a log");
            } catch (SQLException expected) {
                Checks.update(other, "insert into ju values (2)");
            }
            Checks.fails(-256, () -> Checks.update(one, "begin work"));
            Checks.equal(Checks.ints(one, "select a from ju order by a"), List.of((Object) 1, 2),
                "works on");
        }
    }

    private static void fill(Connection connection, String table) throws Exception {
        Checks.make(connection, table, "a int primary key, b varchar(20), c int");
        for (int i = 1; i <= 8; i++) {
            Checks.update(connection, "insert into " + table + " values (" + i + ", 'row', 0)");
        }
    }

    private static void positioned() throws Exception {
        try (Connection connection = Checks.connect();
             Statement select = connection.createStatement();
             PreparedStatement update = connection.prepareStatement(
                 "update jmoved set b = ? where current of jMoving");
             PreparedStatement remove = connection.prepareStatement(
                 "delete from jmoved where current of jMoving")) {
            fill(connection, "jmoved");
        } catch (SQLException missing) {
            Checks.equal(missing.getErrorCode(), -206, "no table yet");
        }
        try (Connection connection = Checks.connect()) {
            fill(connection, "jmoved");
            connection.setAutoCommit(false);
            try (Statement select = connection.createStatement();
                 PreparedStatement update = connection.prepareStatement(
                     "update jmoved set b = ? where current of jMoving");
                 PreparedStatement remove = connection.prepareStatement(
                     "delete from jmoved where current of jMoving")) {
                select.setCursorName("jMoving");
                ResultSet set = select.executeQuery("select a from jmoved for update of b");
                while (set.next()) {
                    int a = set.getInt(1);
                    update.setString(1, "seen " + a);
                    Checks.equal(update.executeUpdate(), 1, "one row");
                    if (a == 4) {
                        Checks.equal(remove.executeUpdate(), 1, "one row");
                        Checks.fails(-266, () -> remove.executeUpdate());
                    }
                    if (a == 5) {
                        Checks.fails(-364, () -> Checks.update(connection,
                            "update jmoved set c = 1 where current of jMoving"));
                    }
                }
                set.close();
            }
            connection.commit();
            Checks.equal(Checks.rows(connection, "select a, b from jmoved order by a",
                s -> s.getInt(1) + s.getString(2)), List.of((Object) "1seen 1", "2seen 2",
                "3seen 3", "5seen 5", "6seen 6", "7seen 7", "8seen 8"), "rows");
            connection.commit();
        }
    }

    private static void updatable() throws Exception {
        try (Connection connection = Checks.connect()) {
            fill(connection, "jset");
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY,
                     ResultSet.CONCUR_UPDATABLE);
                 ResultSet set = statement.executeQuery("select a, b, c from jset")) {
                Checks.equal(set.getConcurrency(), ResultSet.CONCUR_UPDATABLE, "concurrency");
                while (set.next()) {
                    int a = set.getInt(1);
                    if (a == 2) {
                        set.updateString(2, "changed");
                        set.updateInt(3, 22);
                        set.updateRow();
                    } else if (a == 5) {
                        set.deleteRow();
                    }
                }
            }
            connection.commit();
            Checks.equal(Checks.rows(connection, "select a, b, c from jset where c <> 0",
                s -> s.getInt(1) + s.getString(2) + s.getInt(3)), List.of((Object) "2changed22"),
                "updated");
            Checks.equal(Checks.ints(connection, "select a from jset order by a"),
                List.of((Object) 1, 2, 3, 4, 6, 7, 8), "one less");
            connection.commit();
        }
    }

    private static void codeSet(String locale, String text, String letters) throws Exception {
        String database = "j" + locale.toLowerCase().replaceAll("[^a-z0-9]", "");
        String options = "DB_LOCALE=" + locale + ";CLIENT_LOCALE=" + locale;
        make(database, "with log", options);
        try (Connection connection = Checks.connect(database, options)) {
            String name = "t" + letters.replaceAll("[^\\p{L}]", "");
            Checks.update(connection, "create table jc (n int, v varchar(100), c char(60), "
                + "l lvarchar(300))");
            try (PreparedStatement insert = connection.prepareStatement(
                "insert into jc values (?, ?, ?, ?)")) {
                insert.setInt(1, 1);
                for (int i = 2; i <= 4; i++) {
                    insert.setString(i, text);
                }
                insert.executeUpdate();
            }
            Checks.update(connection, "insert into jc values (2, '" + text + "', '" + text
                + "', '" + text + "')");
            Checks.equal(Checks.rows(connection, "select v, c, l from jc order by n",
                s -> s.getString(1) + "|" + s.getString(2).trim() + "|" + s.getString(3)),
                List.of((Object) (text + "|" + text + "|" + text), text + "|" + text + "|" + text),
                "texts");
            Checks.equal(Checks.ints(connection, "select char_length(v) from jc where n = 1"),
                List.of((Object) text.codePointCount(0, text.length())), "characters");
            int first = text.codePointAt(0);
            String rest = text.substring(Character.charCount(first));
            Checks.equal(Checks.ints(connection, "select n from jc where v like '_" + rest
                + "' order by n"), List.of((Object) 1, 2), "like");
            try (PreparedStatement select = connection.prepareStatement(
                "select n from jc where v = ? and n = 1")) {
                select.setString(1, text);
                try (ResultSet set = select.executeQuery()) {
                    Checks.equal(Checks.rows(set, s -> s.getInt(1)), List.of((Object) 1), "bound");
                }
            }
            Checks.update(connection, "create table " + name + " (spalte int)");
            Checks.equal(Checks.ints(connection, "select count(*) from systables where tabname = '"
                + name + "'"), List.of((Object) 1), "the name of a table");
            Checks.fails(-206, () -> Checks.ints(connection, "select * from " + name + "x"));
        }
    }
}
