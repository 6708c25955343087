import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Result sets that change the table under them. */
final class Updatable {
    private Updatable() {
    }

    private interface Change {
        void run(ResultSet set) throws Exception;
    }

    private static void change(int type, String columns, Change change) throws Exception {
        try (Connection connection = Checks.connect();
             Statement statement = connection.createStatement(type,
                 ResultSet.CONCUR_UPDATABLE);
             ResultSet set = statement.executeQuery("select " + columns + " from upd")) {
            Checks.equal(set.getConcurrency(), ResultSet.CONCUR_UPDATABLE, "concurrency");
            change.run(set);
        }
    }

    private static void rows(String wanted) throws Exception {
        try (Connection connection = Checks.connect()) {
            Checks.equal(Checks.rows(connection, "select id, name, price from upd order by id",
                s -> s.getInt(1) + " " + (s.getString(2) == null ? null : s.getString(2).trim())
                    + " " + s.getBigDecimal(3)).toString(), wanted, "rows");
        }
    }

    private static void make(String key) throws Exception {
        try (Connection connection = Checks.connect()) {
            Checks.make(connection, "upd", "id int not null, name varchar(20), price "
                + "decimal(8,2)" + key);
            for (int i = 1; i <= 4; i++) {
                Checks.update(connection, "insert into upd values (" + i + ", 'n" + i + "', " + i
                    + ".5)");
            }
        }
    }

    private static void each(String how, int type, String key) {
        String columns = (key.isEmpty() ? "rowid, " : "") + "id, name, price";
        Checks.check("updateRow, " + how, () -> {
            make(key);
            change(type, columns, set -> {
                while (set.next()) {
                    if (set.getInt("id") == 2) {
                        set.updateString("name", "changed");
                        set.updateBigDecimal("price", new BigDecimal("99.99"));
                        set.updateRow();
                    } else if (set.getInt("id") == 3) {
                        set.updateNull("name");
                        set.updateRow();
                    }
                }
            });
            rows("[1 n1 1.50, 2 changed 99.99, 3 null 3.50, 4 n4 4.50]");
        });
        Checks.check("deleteRow, " + how, () -> {
            make(key);
            change(type, columns, set -> {
                while (set.next()) {
                    if (set.getInt("id") % 2 == 0) {
                        set.deleteRow();
                    }
                }
            });
            rows("[1 n1 1.50, 3 n3 3.50]");
        });
        Checks.check("insertRow, " + how, () -> {
            make(key);
            change(type, columns, set -> {
                set.next();
                set.moveToInsertRow();
                set.updateInt("id", 5);
                set.updateString("name", "new");
                set.updateBigDecimal("price", new BigDecimal("0.05"));
                set.insertRow();
                set.moveToCurrentRow();
            });
            rows("[1 n1 1.50, 2 n2 2.50, 3 n3 3.50, 4 n4 4.50, 5 new 0.05]");
        });
    }

    static void run() {
        String key = ", primary key (id) constraint upd_pk";
        each("forward only, by key", ResultSet.TYPE_FORWARD_ONLY, key);
        each("scrolling, by key", ResultSet.TYPE_SCROLL_INSENSITIVE, key);
        each("forward only, by rowid", ResultSet.TYPE_FORWARD_ONLY, "");
        each("scrolling, by rowid", ResultSet.TYPE_SCROLL_INSENSITIVE, "");
        Checks.check("cursor name and WHERE CURRENT OF", () -> {
            make(key);
            try (Connection connection = Checks.connect()) {
                connection.setAutoCommit(false);
                try (Statement statement = connection.createStatement();
                     Statement other = connection.createStatement()) {
                    statement.setCursorName("upd_cursor");
                    ResultSet set = statement.executeQuery(
                        "select id, name, price from upd for update");
                    while (set.next()) {
                        other.executeUpdate("update upd set price = price + 1 where current of "
                            + set.getCursorName());
                    }
                }
                connection.commit();
            }
            rows("[1 n1 2.50, 2 n2 3.50, 3 n3 4.50, 4 n4 5.50]");
        });
        Checks.check("without a key no row is changed", () -> {
            make("");
            change(ResultSet.TYPE_FORWARD_ONLY, "id, name, price", set -> {
                set.next();
                set.updateString("name", "lost");
                try {
                    set.updateRow();
                    throw new AssertionError("updated");
                } catch (SQLException error) {
                    Checks.equal(error.getErrorCode(), -79817, "code");
                }
            });
            rows("[1 n1 1.50, 2 n2 2.50, 3 n3 3.50, 4 n4 4.50]");
        });
    }
}
