#include "cli/demo_deal_words.h"

/* The words below are the demo company's own names, not messages: each language has its table. */
#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* clang-format off */
static const MwDemoStage framework[] = {
    { "fw_needs", "年度需求", "Needs of the year", "open", "pipeline", 15, 30, "field", "account" },
    { "fw_audit", "供应商审核", "Supplier audit", "open", "best_case", 35, 40, "field", "contact" },
    { "fw_prices", "价格目录", "Price list", "open", "most_likely", 60, 30, "people", "buyer" },
    { "fw_terms", "条款谈判", "Terms", "open", "commit", 80, 25, "field", "amount" },
    { "fw_signed", "已签框架", "Signed", "won", "closed", 100, 0, NULL, NULL },
    { "fw_lost", "未入围", "Not chosen", "lost", "omitted", 0, 0, NULL, NULL },
    { 0 },
};

static const MwDemoStage spare_parts[] = {
    { "sp_request", "收到询价", "Request", "open", "pipeline", 40, 3, "field", "account" },
    { "sp_quoted", "已报价", "Quoted", "open", "most_likely", 60, 7, "field", "amount" },
    { "sp_ordered", "已下单", "Ordered", "won", "closed", 100, 0, NULL, NULL },
    { "sp_lost", "未成交", "Lost", "lost", "omitted", 0, 0, NULL, NULL },
    { 0 },
};

static const MwDemoStage repeat[] = {
    { "rp_due", "到期复购", "Due again", "open", "pipeline", 45, 14, "field", "account" },
    { "rp_offer", "已报价", "Offered", "open", "best_case", 65, 14, "field", "amount" },
    { "rp_agreed", "口头确认", "Agreed by word", "open", "commit", 90, 10, "field", "contact" },
    { "rp_ordered", "已下单", "Ordered", "won", "closed", 100, 0, NULL, NULL },
    { "rp_lost", "转向他家", "Went elsewhere", "lost", "omitted", 0, 0, NULL, NULL },
    { 0 },
};

const MwDemoProcess mw_demo_processes[] = {
    { "project", NULL, NULL, NULL },
    { "framework", "框架协议销售", "Framework agreement", framework },
    { "spare_parts", "备件销售", "Spare parts", spare_parts },
    { "repeat", "重复采购", "Repeat business", repeat },
    { 0 },
};

const char *const mw_demo_job_roles[] = { "buyer", "user", "adviser", "approver", "decider", "gatekeeper", "coach", "gatekeeper", NULL };

const MwDemoDealWords mw_demo_deals_zh = {
    .competitors = {
        { "长风泵业集团", "价格低，华东交货快", "能耗偏高，两年后故障多" },
        { "瑞斯特轴承", "进口品牌，寿命数据齐全", "交期十二周，本地无服务" },
        { "沃德数控", "控制系统先进，样机随到随看", "备件贵，付款条件苛刻" },
        { "蓝海流体", "节能方案讲得好，有示范项目", "大流量机型没有业绩" },
        { "本地小厂", "最低价，账期长", "无检测报告，质量不稳" },
    },
    .projects = LIST("循环水泵站改造", "二期产线离心泵成套", "锅炉给水泵更换", "污水提升泵站新建", "酸洗线化工泵国产化",
        "主轴轴承寿命提升", "轧机轴承换型", "箱体加工单元", "壳体柔性产线机床", "数控车床更新换代", "消防稳压系统",
        "矿井排水系统扩容", "空调冷冻水节能改造", "电主轴国产替代", "叶轮铸造车间设备", "水厂取水泵房", "脱硫循环泵更换",
        "加工中心扩产", "磨床主轴升级", "造纸浆泵改造"),
    .frameworks = LIST("%d 年轴承框架协议", "%d 年泵及备件框架协议", "%d 年维保与备件协议", "%d 年集团集采入围"),
    .spares = "%s 备件", .repeat = "%s 复购",
    .talks = {
        LIST("首次电话，了解项目背景", "展会后回访", "业主介绍，约定拜访"),
        LIST("拜访设备部，查看现场工况", "介绍公司与同行业业绩", "收集装置参数与运行记录"),
        LIST("需求澄清会，确认流量与扬程", "画出决策链，约见生产副总", "能耗测试数据交流"),
        LIST("方案汇报，讲解选型与节能测算", "与设计院核对图纸", "技术协议初稿讨论"),
        LIST("样机试运行见证", "参观我方试验台", "同类用户现场考察"),
        LIST("商务谈判，讨论付款与质保", "总经理会面，确认价格", "合同条款核对"),
    },
    .results = {
        LIST("确有预算，年内实施", "正在立项，需要技术支持", "愿意先看方案"),
        LIST("现有泵效率偏低，每年多耗电约四十万元", "设备部长认可我方业绩", "工况已记录，可以选型"),
        LIST("决策人是生产副总，总工把技术关", "交期比价格更重要", "需求清单已确认"),
        LIST("方案得到总工认可，要求补充能耗保证", "设计院同意写入我方型号", "对手方案也在评审"),
        LIST("振动与温升全部合格", "用户评价很好，愿意推荐", "效率比保证值高 1.8 %"),
        LIST("付款方式基本谈拢，价格还差 3 %", "同意三年质保换取价格", "等法务审合同"),
    },
    .next_steps = {
        LIST("约设备部长现场拜访", "寄样本与业绩表", "确认预算与时间表"),
        LIST("取运行记录做能耗测算", "约总工技术交流", "画出决策链"),
        LIST("准备方案与选型书", "约生产副总汇报", "核对设计院接口"),
        LIST("安排样机试用", "补充能耗保证书", "邀请参观同类用户"),
        LIST("提交正式报价", "确认商务条款", "准备谈判方案"),
        LIST("合同送审", "总经理会面定价", "确认交货计划"),
    },
    .wins = LIST("能耗保证打动了生产副总", "样机试用数据决定了结果", "交期比对手短四周", "同类用户的推荐起了作用", "服务响应写进合同"),
    .losses = LIST("低于我方成本的报价，放弃", "设计院早已写入对手型号", "项目预算取消", "交期赶不上大修窗口", "没有接触到真正的决策人", "客户内部意见不一，搁置"),
    .overrides = LIST("客户总经理出差，已电话确认，会后补记", "设计院指定，决策人待补", "大修窗口紧，先行推进"),
    .reopenings = LIST("对手交货失败，客户重新询价", "预算恢复，项目重启"),
    .standings = LIST("已送样机", "和采购关系好", "报价低 8 %", "技术评分落后", "尚未接触到决策人"),
    .people = LIST("看重可靠性，不看最低价", "以前用过对手的泵，印象一般", "愿意提供内部消息", "担心更换风险", "只关心价格与账期", "希望年内完成节能指标"),
    .needs = LIST("循环水泵老化，想换六台节能的", "新厂房要两台立式加工中心，年底前到货", "轴承三个月就坏，想找能做失效分析的厂家",
        "污水站扩建，需要潜水排污泵的选型和报价", "想找国产电主轴替代进口，24000 转", "年度备件要招标，求一份价格目录",
        "泵的噪声太大，环保要求整改", "数控车床精度下降，考虑大修或换新", "想了解合同能源管理，先改造后付费", "化工泵密封泄漏，要耐酸的方案",
        "水厂取水泵房改造，设计院推荐了你们", "想做你们华南的经销商", "轧机轴承换型，需要技术交流", "食品车间要卫生级泵，有认证吗"),
    .refusals = LIST("只是询价比对，没有项目", "电话停机，联系不上", "需要的产品我们不做", "学生做课题，不采购"),
    .question = "请协助",
    .lead_talks = LIST("首次电话，核实需求", "回复网站留言", "发送样本后回访"),
    .lead_results = LIST("需求属实，本季度采购", "还在比选，约下周面谈", "负责人出差，改日再联系", "已有预算，可转商机"),
    .lead_plans = LIST("再次电话", "上门拜访", "发送同行业案例", "确认预算与决策人"),
    .service = LIST("样机安装调试", "机械密封更换指导", "年度巡检", "故障轴承失效分析"),
    .marketing = LIST("整理展会线索", "更新产品样本", "案例视频审核", "网站询盘分派"),
    .mentions = LIST("@%s 客户想要三年质保，能否支持？", "@%s 请帮忙核对一下能耗测算", "@%s 下周的样机发货请跟一下", "@%s 总经理会面你能一起去吗？"),
    .outsider = "设计院主任工程师", .outsider_there = "技术顾问",
    .minutes_name = "会议纪要.txt",
    .minutes = "会议纪要\n\n参加：客户设备部、总工办；我方销售与技术\n\n1. 现有泵效率约 68 %，目标 80 % 以上。\n2. 大修窗口两周，交货必须提前。\n3. 下一步：样机试运行，双方派人见证。\n",
    .survey_name = "泵房能耗测试.csv",
    .survey = "\xef\xbb\xbf泵号,流量 m³/h,扬程 m,功率 kW,效率 %\n1#,182,31.5,23.4,66.8\n2#,176,31.0,22.9,64.9\n3#,190,32.0,24.1,68.7\n4#,171,30.5,22.6,62.9\n",
    .offer_name = "技术方案.pdf",
    .meetings = LIST("大区周例会", "重点商机评审", "月度预测核对", "新产品培训"),
};

const MwDemoDealWords mw_demo_deals_en = {
    .competitors = {
        { "Northpump Group", "Low prices, quick delivery in the North", "Uses more energy; fails after two years" },
        { "Rester Bearings", "Well-known, full life data", "Twelve weeks to deliver, no service nearby" },
        { "Wodtke CNC", "Modern control, machines to try at once", "Dear spares, hard terms of payment" },
        { "Blueflow", "Tells the energy story well, has showcases", "No references for large flows" },
        { "Local workshop", "Lowest price, long credit", "No test reports, uneven quality" },
    },
    .projects = LIST("Cooling water pump house refit", "Pumps for the second line", "Boiler feed pump replacement", "New sewage lifting station",
        "Pickling line process pumps", "Longer spindle bearing life", "Rolling mill bearings", "Housing machining cell", "Flexible line for casings",
        "Replacement of CNC lathes", "Fire pressure system", "Mine drainage extension", "Chilled water energy refit", "Motor spindle second source",
        "Impeller foundry machines", "Water intake pump house", "Scrubber circulation pumps", "More machining capacity", "Grinder spindle upgrade", "Pulp pump refit"),
    .frameworks = LIST("Bearing agreement %d", "Pumps and spares agreement %d", "Maintenance agreement %d", "Group purchasing list %d"),
    .spares = "Spares: %s", .repeat = "Again: %s",
    .talks = {
        LIST("First call: background of the project", "Follow-up after the fair", "Introduced by a customer; visit arranged"),
        LIST("Visit to maintenance: how the plant runs", "Company and references presented", "Plant data and logs collected"),
        LIST("Needs workshop: flow and head agreed", "Decision map drawn; production director to meet", "Energy measurements discussed"),
        LIST("Proposal presented with energy figures", "Drawings checked with the planner", "First draft of the specification"),
        LIST("Trial run witnessed", "Visit to our test bench", "Visit to a user with the same pumps"),
        LIST("Negotiation: payment and warranty", "Managing directors meet on price", "Contract terms checked"),
    },
    .results = {
        LIST("There is a budget; to be done this year", "Project being set up, wants technical help", "Will look at a proposal first"),
        LIST("Pumps run at poor efficiency: about 60,000 a year lost", "Head of maintenance likes our references", "Duty points recorded; we can select"),
        LIST("Production director decides, chief engineer advises", "Delivery matters more than price", "List of needs agreed"),
        LIST("Chief engineer agrees; wants the energy guaranteed", "Planner will write our type into the drawing", "A competitor's proposal is under review too"),
        LIST("Vibration and temperature within limits", "User is happy and will recommend us", "Efficiency 1.8 % above the guarantee"),
        LIST("Payment agreed, price 3 % apart", "Three years' warranty for our price", "Waiting for their lawyers"),
    },
    .next_steps = {
        LIST("Arrange a visit with maintenance", "Send references", "Confirm budget and dates"),
        LIST("Work out the energy figures", "Meet the chief engineer", "Draw the decision map"),
        LIST("Prepare proposal and selection", "Present to the production director", "Check interfaces with the planner"),
        LIST("Arrange a trial machine", "Write the energy guarantee", "Invite to a reference plant"),
        LIST("Send the offer", "Agree on terms", "Prepare the negotiation"),
        LIST("Contract to the lawyers", "Directors meet on price", "Confirm delivery schedule"),
    },
    .wins = LIST("The energy guarantee convinced the production director", "The trial run decided it", "Four weeks quicker than the others", "A user's recommendation helped", "Response time written into the contract"),
    .losses = LIST("Offered below our cost; we let it go", "The planner had specified the competitor", "Budget withdrawn", "Too late for the shutdown", "Never met who decides", "No agreement inside; put off"),
    .overrides = LIST("Managing director travelling; agreed by phone, notes follow", "Specified by the planner; decider to be named", "Shutdown is near; go ahead"),
    .reopenings = LIST("The competitor could not deliver; they ask again", "Budget is back"),
    .standings = LIST("Has delivered a trial machine", "Close to purchasing", "Offers 8 % less", "Behind in the technical score", "Has not met who decides"),
    .people = LIST("Wants reliability, not the lowest price", "Has used the competitor's pumps, not impressed", "Tells us what goes on inside", "Afraid of the change", "Looks at price and credit only", "Has to reach an energy target this year"),
    .needs = LIST("Our cooling pumps are old; we look for six that save energy", "Two vertical machining centres for the new hall by year end", "Bearings fail after three months; who can tell us why?",
        "Sewage works extension: selection and price of submersible pumps", "Second source for a 24,000 rpm motor spindle", "Yearly tender for spares; please send a price list",
        "Pumps are too loud for the new limits", "Lathe has lost its accuracy: overhaul or replace?", "Can we pay for new pumps out of the savings?", "Process pump leaks; we need an acid-proof seal",
        "Water intake refit; the planner recommended you", "We would like to be your dealer in the South", "Change of mill bearings: please visit", "Hygienic pumps for a food hall: certified?"),
    .refusals = LIST("Compares prices only, no project", "Number out of service", "Needs what we do not make", "A student's thesis"),
    .question = "A question",
    .lead_talks = LIST("First call: is the need real?", "Answer to the website", "Follow-up on the data sheets"),
    .lead_results = LIST("Real need, to buy this quarter", "Still comparing; will meet next week", "Travelling; call again", "Has a budget: worth an opportunity"),
    .lead_plans = LIST("Call again", "Visit", "Send a case of the same trade", "Confirm budget and who decides"),
    .service = LIST("Commission the trial machine", "Help with a seal change", "Yearly inspection", "Analyse a failed bearing"),
    .marketing = LIST("Sort the leads of the fair", "Renew the brochures", "Review the case film", "Hand out enquiries of the website"),
    .mentions = LIST("@%s They ask for three years' warranty. Can we?", "@%s Please check the energy figures", "@%s Please follow the trial machine next week", "@%s Could you join when the directors meet?"),
    .outsider = "Senior planner of a planning institute", .outsider_there = "Technical adviser",
    .minutes_name = "Minutes.txt",
    .minutes = "Minutes\n\nPresent: maintenance and chief engineer of the customer; our sales and technology\n\n1. Pumps run at about 68 %; the aim is above 80 %.\n2. Shutdown of two weeks; delivery must be ahead of it.\n3. Next: a trial run, witnessed by both.\n",
    .survey_name = "Pump house survey.csv",
    .survey = "Pump,Flow m3/h,Head m,Power kW,Efficiency %\n1,182,31.5,23.4,66.8\n2,176,31.0,22.9,64.9\n3,190,32.0,24.1,68.7\n4,171,30.5,22.6,62.9\n",
    .offer_name = "Technical proposal.pdf",
    .meetings = LIST("Weekly team meeting", "Review of the big deals", "Monthly forecast", "Training on new products"),
};
/* clang-format on */
