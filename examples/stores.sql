-- The stores database of Informix's manuals, with rows of our own.
CREATE DATABASE stores WITH LOG;

CREATE TABLE manufact (
    manu_code CHAR(3) PRIMARY KEY,
    manu_name CHAR(15),
    lead_time INTERVAL DAY(3) TO DAY);

CREATE TABLE state (
    code CHAR(2) PRIMARY KEY,
    sname CHAR(15));

CREATE TABLE customer (
    customer_num SERIAL(101) PRIMARY KEY,
    fname CHAR(15),
    lname CHAR(15),
    company CHAR(20),
    address1 CHAR(20),
    address2 CHAR(20),
    city CHAR(15),
    state CHAR(2) REFERENCES state,
    zipcode CHAR(5),
    phone CHAR(18));

CREATE TABLE orders (
    order_num SERIAL(1001) PRIMARY KEY,
    order_date DATE,
    customer_num INTEGER NOT NULL REFERENCES customer,
    ship_instruct CHAR(40),
    backlog CHAR(1),
    po_num CHAR(10),
    ship_date DATE,
    ship_weight DECIMAL(8,2),
    ship_charge MONEY(6),
    paid_date DATE);

CREATE TABLE stock (
    stock_num SMALLINT,
    manu_code CHAR(3) REFERENCES manufact,
    description CHAR(15),
    unit_price MONEY(6),
    unit CHAR(4),
    unit_descr CHAR(15),
    PRIMARY KEY (stock_num, manu_code));

CREATE TABLE items (
    item_num SMALLINT,
    order_num INTEGER REFERENCES orders,
    stock_num SMALLINT NOT NULL,
    manu_code CHAR(3) NOT NULL,
    quantity SMALLINT CHECK (quantity >= 1),
    total_price MONEY(8),
    PRIMARY KEY (item_num, order_num),
    FOREIGN KEY (stock_num, manu_code) REFERENCES stock);

CREATE TABLE cust_calls (
    customer_num INTEGER REFERENCES customer,
    call_dtime DATETIME YEAR TO MINUTE,
    user_id CHAR(32) DEFAULT USER,
    call_code CHAR(1),
    call_descr LVARCHAR(240),
    res_dtime DATETIME YEAR TO MINUTE,
    res_descr LVARCHAR(240),
    PRIMARY KEY (customer_num, call_dtime));

CREATE INDEX lname_ix ON customer (lname);

BEGIN WORK;
INSERT INTO manufact VALUES ('ALP', 'Alpenrad', INTERVAL(5) DAY(3) TO DAY);
INSERT INTO manufact VALUES ('BOR', 'Borealis', INTERVAL(21) DAY(3) TO DAY);
INSERT INTO manufact VALUES ('KOI', 'Koi & Sons', INTERVAL(3) DAY(3) TO DAY);
INSERT INTO state VALUES ('CA', 'California');
INSERT INTO state VALUES ('OR', 'Oregon');
INSERT INTO state VALUES ('WA', 'Washington');
INSERT INTO customer VALUES (0, 'Ada', 'Lindqvist', 'Fjord Cycles', '12 Harbour Road', NULL, 'Seattle', 'WA', '98101', '206-555-0113');
INSERT INTO customer VALUES (0, 'Bruno', 'Castell', 'The Long Run', '7 Market Street', 'Suite 4', 'Portland', 'OR', '97201', '503-555-0178');
INSERT INTO customer VALUES (0, 'Chidi', 'Okafor', 'Okafor Outdoor', '310 Hill Lane', NULL, 'Oakland', 'CA', '94601', '510-555-0122');
INSERT INTO customer VALUES (0, 'Dora', 'Meyer', 'Meyer Sports', '1 Old Quay', NULL, 'Eureka', 'CA', '95501', NULL);
INSERT INTO stock VALUES (1, 'ALP', 'road wheel', 189.00, 'each', 'each');
INSERT INTO stock VALUES (1, 'BOR', 'road wheel', 205.50, 'each', 'each');
INSERT INTO stock VALUES (2, 'KOI', 'swim goggles', 144.00, 'box', '12 per box');
INSERT INTO stock VALUES (3, 'KOI', 'fins', 38.25, 'pair', 'pair');
INSERT INTO orders VALUES (0, MDY(3,2,2026), 101, 'ring twice', 'n', 'FC-77', MDY(3,5,2026), 12.40, 9.80, MDY(3,20,2026));
INSERT INTO orders VALUES (0, MDY(3,9,2026), 103, NULL, 'n', 'OO-9', MDY(3,9,2026), 4.10, 5.00, NULL);
INSERT INTO orders VALUES (0, MDY(4,1,2026), 101, 'leave at the door', 'y', 'FC-78', NULL, NULL, NULL, NULL);
INSERT INTO items VALUES (1, 1001, 1, 'ALP', 2, 378.00);
INSERT INTO items VALUES (2, 1001, 2, 'KOI', 1, 144.00);
INSERT INTO items VALUES (1, 1002, 3, 'KOI', 4, 153.00);
INSERT INTO items VALUES (1, 1003, 1, 'BOR', 1, 205.50);
INSERT INTO cust_calls VALUES (103, DATETIME(2026-03-12 10:05) YEAR TO MINUTE, USER, 'D', 'One pair of fins came without its strap', DATETIME(2026-03-12 14:40) YEAR TO MINUTE, 'Strap sent by mail');
COMMIT WORK;
