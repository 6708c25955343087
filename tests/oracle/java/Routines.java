import com.informix.jdbc.IfmxCallableStatement;
import com.informix.lang.IfxTypes;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;

/** Routines with OUT and INOUT parameters. */
final class Routines {
    private static final String[] ROUTINES = {
        "create procedure jr_out(a int, out b int, out c varchar(20))"
            + " let b = a * 2; let c = 'v' || a; end procedure",
        "create procedure jr_inout(inout a int, b int) let a = a + b; end procedure",
        "create procedure jr_zero(out b int) let b = 7; end procedure",
        "create function jr_both(a int, out b int) returning int, varchar(9);"
            + " let b = a * 3; return a + 1, 'two'; end function",
        "create procedure jr_fails(a int, out b int) insert into jr_rows values (a);"
            + " raise exception -746, 0, 'not now'; end procedure",
        "create procedure jr_writes(a int, out b int) insert into jr_rows values (a);"
            + " let b = (select count(*) from jr_rows); end procedure",
        "create procedure jr_types(out a smallint, out b bigint, out c decimal(10,2), out d float,"
            + " out e smallfloat, out f date, out g datetime year to fraction(3),"
            + " out h interval day to second, out i char(5), out j lvarchar(100), out k boolean,"
            + " out l int8, out m nvarchar(9), out n money(8,2), nothing boolean)"
            + " if nothing then return; end if;"
            + " let a = -3; let b = 12345678901; let c = -123.45; let d = 2.5; let e = -0.5;"
            + " let f = mdy(2, 3, 2024);"
            + " let g = datetime(2024-02-03 04:05:06.789) year to fraction(3);"
            + " let h = interval(3 04:05:06) day to second; let i = 'ab'; let j = 'long text';"
            + " let k = 't'; let l = 99; let m = 'nv'; let n = 12.5; end procedure",
    };
    private static final int[] TOLD = {IfxTypes.IFX_TYPE_SMALLINT, IfxTypes.IFX_TYPE_BIGINT,
        IfxTypes.IFX_TYPE_DECIMAL, IfxTypes.IFX_TYPE_FLOAT, IfxTypes.IFX_TYPE_SMFLOAT,
        IfxTypes.IFX_TYPE_DATE, IfxTypes.IFX_TYPE_DATETIME, IfxTypes.IFX_TYPE_INTERVAL,
        IfxTypes.IFX_TYPE_CHAR, IfxTypes.IFX_TYPE_LVARCHAR, IfxTypes.IFX_TYPE_BOOL,
        IfxTypes.IFX_TYPE_INT8, IfxTypes.IFX_TYPE_NVCHAR, IfxTypes.IFX_TYPE_MONEY};
    private static final String VALUES = "-3|12345678901|-123.45|2.5|-0.5|2024-02-03|"
        + "2024-02-03 04:05:06.789|3 04:05:06|ab|long text|true|99|nv|12.5";

    private Routines() {
    }

    interface Body {
        void run(CallableStatement call) throws Exception;
    }

    private static void call(Connection connection, String sql, Body body) throws Exception {
        try (CallableStatement call = connection.prepareCall(sql)) {
            body.run(call);
        }
    }

    static void run() {
        Checks.check("OUT parameters", () -> {
            try (Connection connection = Checks.connect()) {
                Checks.make(connection, "jr_rows", "a int");
                for (String routine : ROUTINES) {
                    Checks.update(connection, routine);
                }
                plain(connection);
                returning(connection);
                types(connection);
                failing(connection);
            }
        });
    }

    private static void plain(Connection connection) throws Exception {
        call(connection, "{call jr_out(?, ?, ?)}", call -> {
            Checks.that(((IfmxCallableStatement) call).hasOutParameter(), "hasOutParameter");
            call.registerOutParameter(2, Types.INTEGER);
            call.registerOutParameter(3, Types.VARCHAR);
            for (int i = 0; i < 4; i++) {
                call.setInt(1, i);
                Checks.that(!call.execute(), "no rows");
                Checks.equal(call.getInt(2) + call.getString(3), 2 * i + "v" + i, "OUT");
            }
            call.setNull(1, Types.INTEGER);
            call.executeUpdate();
            Checks.equal(call.getObject(2), null, "NULL");
        });
        call(connection, "{call jr_inout(?, ?)}", call -> {
            call.registerOutParameter(1, Types.INTEGER);
            call.setInt(1, 40);
            call.setInt(2, 2);
            call.execute();
            Checks.equal(call.getInt(1), 42, "INOUT");
        });
        call(connection, "execute procedure jr_zero(?)", call -> {
            call.registerOutParameter(1, Types.INTEGER);
            call.execute();
            Checks.equal(call.getInt(1), 7, "without the braces");
        });
    }

    private static void returning(Connection connection) throws Exception {
        for (String sql : new String[] {"{call jr_both(?, ?)}", "{? = call jr_both(?, ?)}"}) {
            call(connection, sql, call -> {
                call.setInt(1, 41);
                call.registerOutParameter(2, Types.INTEGER);
                Checks.that(call.execute(), "a row");
                try (ResultSet set = call.getResultSet()) {
                    Checks.equal(Checks.rows(set, s -> s.getInt(1) + s.getString(2)),
                        List.of((Object) "42two"), "returned");
                    Checks.equal(call.getInt(2), 123, "OUT");
                }
            });
        }
    }

    private static void types(Connection connection) throws Exception {
        String places = "?, ".repeat(TOLD.length) + "?";
        call(connection, "{call jr_types(" + places + ")}", call -> {
            for (boolean nothing : new boolean[] {false, true}) {
                for (int i = 0; i < TOLD.length; i++) {
                    ((IfmxCallableStatement) call).IfxRegisterOutParameter(i + 1, TOLD[i]);
                }
                call.setBoolean(TOLD.length + 1, nothing);
                call.execute();
                StringBuilder all = new StringBuilder();
                for (int i = 0; i < TOLD.length; i++) {
                    all.append(i == 0 ? "" : "|").append(call.getObject(i + 1));
                }
                String got = all.toString().replaceAll(" +\\|", "|").replace("12.50", "12.5");
                Checks.equal(got, nothing ? VALUES.replaceAll("[^|]+", "null") : VALUES, "values");
            }
        });
    }

    private static void failing(Connection connection) throws Exception {
        connection.setAutoCommit(false);
        for (int i = 1; i <= 2; i++) {
            final int value = i;
            call(connection, "{call jr_writes(?, ?)}", call -> {
                call.setInt(1, value);
                call.registerOutParameter(2, Types.INTEGER);
                call.execute();
                Checks.equal(call.getInt(2), value, "rows that it sees");
            });
            SQLException error = Checks.fails(-746, () -> call(connection, "{call jr_fails(?, ?)}",
                call -> {
                    call.setInt(1, 99);
                    call.registerOutParameter(2, Types.INTEGER);
                    call.execute();
                }));
            Checks.that(error.getMessage().contains("not now"), error.getMessage());
        }
        Checks.equal(Checks.ints(connection, "select a from jr_rows order by a").toString(),
            "[1, 2]", "what failed is undone, alone");
        connection.rollback();
        Checks.equal(Checks.ints(connection, "select a from jr_rows").toString(), "[]",
            "rolled back");
        connection.setAutoCommit(true);
        call(connection, "{call jr_out(?, ?, ?)}", call -> {
            Checks.update(connection, "drop procedure jr_out");
            call.setInt(1, 1);
            call.registerOutParameter(2, Types.INTEGER);
            call.registerOutParameter(3, Types.VARCHAR);
            Checks.fails(-9753, call::execute);
        });
        Checks.equal(Checks.ints(connection, "select count(*) from jr_rows").size(), 1, "goes on");
    }
}
