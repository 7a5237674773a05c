#include "cli/demo_words.h"

/* The words below are the demo company's own names, not messages: each language has its table. */
#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* clang-format off */
const MwDemoFamily mw_demo_families[] = {
    { "离心泵", "Centrifugal pumps", "final", "台", "piece", "IS", "单级离心泵", "End-suction pump",
      LIST("50-32-160", "65-50-160", "80-65-160", "100-80-160", "125-100-200", "150-125-250", "200-150-315", "250-200-400"),
      2600, 1.45, 0.32, 6 },
    { "离心泵", "Centrifugal pumps", "final", "台", "piece", "D", "多级离心泵", "Multistage pump",
      LIST("12-25x5", "25-30x6", "46-50x7", "85-45x8", "155-30x9", "280-43x7"), 18500, 1.55, 0.30, 2 },
    { "化工泵", "Process pumps", "final", "台", "piece", "IH", "化工流程泵", "Chemical process pump",
      LIST("50-32-200", "65-40-200", "80-50-250", "100-65-315", "150-100-400"), 9800, 1.4, 0.38, 4 },
    { "潜水泵", "Submersible pumps", "final", "台", "piece", "WQ", "潜水排污泵", "Submersible sewage pump",
      LIST("50-10-10", "80-40-15", "100-80-20", "150-145-25", "200-300-30"), 3900, 1.5, 0.28, 4 },
    { "深沟球轴承", "Deep groove ball bearings", "intermediate", "套", "piece", "62", "深沟球轴承", "Deep groove ball bearing",
      LIST("04-2RS", "06-2Z", "08-2RS", "10", "12-2Z", "16", "20/C3", "24/C3"), 12, 1.6, 0.24, 800 },
    { "圆锥滚子轴承", "Tapered roller bearings", "intermediate", "套", "piece", "302", "圆锥滚子轴承", "Tapered roller bearing",
      LIST("06", "08", "10", "12", "16", "20", "24"), 46, 1.45, 0.27, 400 },
    { "调心滚子轴承", "Spherical roller bearings", "intermediate", "套", "piece", "222", "调心滚子轴承", "Spherical roller bearing",
      LIST("10CA/W33", "14CA/W33", "18CA/W33", "22CC/W33", "28CC/W33", "34CC/W33"), 360, 1.5, 0.33, 60 },
    { "主轴单元", "Spindle units", "intermediate", "套", "set", "SP", "电主轴", "Motor spindle",
      LIST("80-24", "100-18", "120-15", "150-12", "170-10"), 14200, 1.35, 0.36, 5 },
    { "数控车床", "CNC lathes", "final", "台", "piece", "CK", "数控车床", "CNC lathe",
      LIST("6136", "6140", "6150", "6163", "6180"), 148000, 1.38, 0.22, 2 },
    { "加工中心", "Machining centres", "final", "台", "piece", "VMC", "立式加工中心", "Vertical machining centre",
      LIST("650", "850", "1060", "1270", "1580"), 265000, 1.32, 0.24, 2 },
    { "备件", "Spare parts", "intermediate", "套", "set", "MS", "机械密封", "Mechanical seal",
      LIST("25", "35", "45", "60", "80"), 180, 1.4, 0.45, 40 },
    { "备件", "Spare parts", "intermediate", "件", "piece", "YL", "叶轮", "Impeller",
      LIST("160", "200", "250", "315", "400"), 420, 1.5, 0.42, 20 },
    { "服务", "Service", "final", "次", "visit", "FW", "年度维保", "Yearly maintenance",
      LIST("01", "02", "03"), 4800, 1.9, 0.5, 2 },
    { 0 },
};

static const MwDemoCity cities_zh[] = {
    { "上海", "上海市", "华东", 12 }, { "苏州", "江苏省", "华东", 11 }, { "无锡", "江苏省", "华东", 9 },
    { "宁波", "浙江省", "华东", 8 }, { "杭州", "浙江省", "华东", 7 }, { "合肥", "安徽省", "华东", 4 },
    { "青岛", "山东省", "华北", 6 }, { "济南", "山东省", "华北", 4 }, { "天津", "天津市", "华北", 5 },
    { "沈阳", "辽宁省", "华北", 5 }, { "大连", "辽宁省", "华北", 4 }, { "洛阳", "河南省", "华北", 4 },
    { "广州", "广东省", "华南", 5 }, { "佛山", "广东省", "华南", 5 }, { "东莞", "广东省", "华南", 4 },
    { "武汉", "湖北省", "华南", 4 }, { "长沙", "湖南省", "华南", 3 }, { "厦门", "福建省", "华南", 0 }, { 0 },
};

static const MwDemoTrade trades_zh[] = {
    { "机械制造", "machinery", "oem" }, { "精密机床", "machine_tools", "oem" }, { "汽车零部件", "automotive", "oem" },
    { "轨道装备", "rail", "oem" }, { "船舶重工", "shipbuilding", "end_user" }, { "电子科技", "electronics", "end_user" },
    { "电气", "electrical", "oem" }, { "特钢", "metals", "end_user" }, { "矿业", "mining", "end_user" },
    { "化工", "chemicals", "end_user" }, { "石化", "oil_gas", "end_user" }, { "电力", "power", "end_user" },
    { "水务", "water", "end_user" }, { "建设工程", "construction", "end_user" }, { "建材", "building_materials", "end_user" },
    { "纸业", "paper", "end_user" }, { "纺织", "textiles", "end_user" }, { "食品", "food", "end_user" },
    { "制药", "pharma", "end_user" }, { "农业装备", "agriculture", "oem" }, { "机电设备", "trade", "distributor" },
    { "五金机电", "trade", "dealer" }, { "轴承销售", "trade", "dealer" }, { 0 },
};

const MwDemoWords mw_demo_zh = {
    .company = "华锐泵业机床股份有限公司", .currency = "CNY", .zone = "Asia/Shanghai", .country = "中国",
    .domain = "huarui.example",
    .rate_currencies = LIST("USD", "EUR"),
    .regions = LIST("华东", "华北", "华南"),
    .teams = LIST("营销中心", "华东大区", "华北大区", "华南大区", "客户服务部", "市场部"),
    .people = LIST("王敏", "陈国强", "李海涛", "赵雪", "孙志远", "周婷", "吴建华", "郑洁", "冯磊"),
    .cities = cities_zh, .trades = trades_zh,
    .brand_first = LIST("华", "恒", "金", "鑫", "东", "中", "永", "新", "天", "海", "博", "瑞", "科", "宏", "嘉", "盛", "隆", "安", "泰", "凯"),
    .brand_second = LIST("力", "锐", "达", "通", "源", "辉", "峰", "信", "成", "诚", "业", "兴", "腾", "昌", "泽", "远", "联", "润", "丰", "盈"),
    .brand_join = "",
    .forms = LIST("有限公司", "股份有限公司", "有限责任公司", "集团有限公司"),
    .surnames = LIST("王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "高", "罗", "郑", "梁", "谢", "宋", "唐", "许", "邓", "冯", "韩", "曹"),
    .given = LIST("伟", "芳", "娜", "敏", "静", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀兰", "建国", "志强", "海燕", "晓东", "丽华", "国栋", "春梅", "文斌", "雪梅", "振华", "立新", "少波", "佳琪"),
    .surname_first = true,
    .jobs = LIST("采购经理", "设备部长", "总工程师", "生产副总", "总经理", "质量主管", "工艺工程师", "采购员"),
    .visits = LIST("现场走访，了解设备运行情况", "新项目需求交流", "年度框架协议沟通", "样机试用回访", "厂区泵房节能勘查", "技术方案评审"),
    .calls = LIST("确认交货日期", "跟进报价", "催收货款", "了解备件库存", "约定拜访时间"),
    .mails = LIST("发送产品样本与参数", "发送报价单", "发送检测报告", "发送会议纪要"),
    .tasks = LIST("准备技术方案", "整理竞品价格", "提交信用额度申请", "安排样机发货", "核对对账单", "更新客户关键人信息"),
    .notes = LIST("客户计划扩建二期产线", "竞争对手近期降价", "采购负责人即将变动", "对交货准时率非常看重"),
    .results = LIST("客户认可方案，下周给出答复", "需要补充能耗测算", "对价格仍有疑虑", "同意小批量试用", "约定下月再访"),
    .streets = LIST("工业园区兴业路", "经济开发区创新大道", "高新区科技路", "机电产业园建设路", "临港新城海港路"),
};

static const MwDemoCity cities_en[] = {
    { "Birmingham", "England", "North", 9 }, { "Sheffield", "England", "North", 6 }, { "Rotterdam", "South Holland", "North", 8 },
    { "Eindhoven", "North Brabant", "North", 5 }, { "Antwerp", "Flanders", "North", 6 }, { "Gothenburg", "Västra Götaland", "North", 5 },
    { "Stuttgart", "Baden-Württemberg", "Centre", 11 }, { "Dortmund", "North Rhine-Westphalia", "Centre", 8 },
    { "Chemnitz", "Saxony", "Centre", 5 }, { "Linz", "Upper Austria", "Centre", 5 }, { "Winterthur", "Zürich", "Centre", 4 },
    { "Brno", "South Moravia", "Centre", 5 }, { "Lyon", "Auvergne-Rhône-Alpes", "South", 7 }, { "Grenoble", "Auvergne-Rhône-Alpes", "South", 3 },
    { "Turin", "Piedmont", "South", 6 }, { "Brescia", "Lombardy", "South", 4 }, { "Bilbao", "Basque Country", "South", 3 }, { 0 },
};

static const MwDemoTrade trades_en[] = {
    { "Machinery", "machinery", "oem" }, { "Machine Tools", "machine_tools", "oem" }, { "Automotive", "automotive", "oem" },
    { "Rail Systems", "rail", "oem" }, { "Shipyards", "shipbuilding", "end_user" }, { "Electronics", "electronics", "end_user" },
    { "Drives", "electrical", "oem" }, { "Steel", "metals", "end_user" }, { "Mining", "mining", "end_user" },
    { "Chemicals", "chemicals", "end_user" }, { "Refining", "oil_gas", "end_user" }, { "Power", "power", "end_user" },
    { "Water Works", "water", "end_user" }, { "Construction", "construction", "end_user" }, { "Cement", "building_materials", "end_user" },
    { "Paper Mills", "paper", "end_user" }, { "Textiles", "textiles", "end_user" }, { "Foods", "food", "end_user" },
    { "Pharma", "pharma", "end_user" }, { "Farm Equipment", "agriculture", "oem" }, { "Industrial Supply", "trade", "distributor" },
    { "Pumps & Drives", "trade", "dealer" }, { "Bearings", "trade", "dealer" }, { 0 },
};

const MwDemoWords mw_demo_en = {
    .company = "Harland Pumps & Machine Tools", .currency = "EUR", .zone = "Europe/Berlin", .country = "Europe",
    .domain = "harland.example",
    .rate_currencies = LIST("USD", "GBP"),
    .regions = LIST("North", "Centre", "South"),
    .teams = LIST("Sales", "Sales North", "Sales Centre", "Sales South", "Service", "Marketing"),
    .people = LIST("Alice Morgan", "Robert Keller", "Hannah Weber", "James Carter", "Luca Rossi", "Emma Dubois", "Peter Novak", "Sofia Lind", "Oliver Grant"),
    .cities = cities_en, .trades = trades_en,
    .brand_first = LIST("Ashford", "Brandt", "Calder", "Dorner", "Ellison", "Falk", "Garner", "Hollis", "Imhof", "Jansen", "Keller", "Lindqvist", "Marlow", "Norden", "Ostler", "Prentice", "Quist", "Rademaker", "Sallis", "Thorne"),
    .brand_second = LIST("Adler", "Bishop", "Crane", "Dekker", "Engel", "Forster", "Grove", "Haas", "Irving", "Jordan", "Koch", "Lambert", "Meyer", "North", "Olsen", "Parker", "Renard", "Schmid", "Tanner", "Vale"),
    .brand_join = " & ",
    .forms = LIST("Ltd", "GmbH", "B.V.", "AG"),
    .surnames = LIST("Adams", "Bauer", "Clark", "Dupont", "Evans", "Fischer", "Garcia", "Hughes", "Ivanova", "Jensen", "Kovacs", "Lewis", "Martin", "Nilsson", "Owens", "Peters", "Quinn", "Romano", "Schulz", "Turner", "Urban", "Vogel", "Walker", "Young", "Zimmer", "Berg", "Costa", "Duval", "Ferrari", "Hansen"),
    .given = LIST("Anna", "Ben", "Clara", "David", "Eva", "Felix", "Grace", "Henry", "Ines", "Jack", "Karin", "Leo", "Maria", "Noah", "Olga", "Paul", "Rita", "Simon", "Tina", "Victor", "Wendy", "Adam", "Bella", "Carl", "Diana", "Erik", "Frank", "Greta", "Hugo", "Julia"),
    .surname_first = false,
    .jobs = LIST("Purchasing manager", "Head of maintenance", "Chief engineer", "Production director", "Managing director", "Quality manager", "Process engineer", "Buyer"),
    .visits = LIST("Plant visit: how our machines run", "Needs of a new project", "Yearly agreement", "Trial machine: follow-up", "Energy survey of the pump house", "Review of the technical proposal"),
    .calls = LIST("Confirm delivery date", "Follow up on quotation", "Remind of payment", "Ask about stock of spares", "Arrange a visit"),
    .mails = LIST("Data sheets sent", "Quotation sent", "Test report sent", "Minutes of the meeting sent"),
    .tasks = LIST("Prepare technical proposal", "Collect competitors' prices", "Apply for a credit limit", "Ship the trial machine", "Check statement of account", "Update the people of the account"),
    .notes = LIST("Plans a second production line", "A competitor has cut prices", "The purchasing manager is about to change", "Delivery on time matters most to them"),
    .results = LIST("Likes the proposal; answers next week", "Wants the energy figures", "Price is still in doubt", "Agrees to a small trial", "Visit again next month"),
    .streets = LIST("Industrial Park", "Foundry Road", "Harbour Street", "Mill Lane", "Station Road"),
};
/* clang-format on */

size_t
mw_demo_count(const char *const *list)
{
    size_t n = 0;

    while (list[n])
        n++;
    return n;
}
