/**
 * What the codes of services mean, by their names: the first rule that fits decides. The result is written to `api/`, where a
 * person can correct it; a code that has a kind there keeps it.
 */

import * as Option from "effect/Option"
import * as ErrorCode from "../../src/v3/ErrorCode.ts"

const rules: ReadonlyArray<readonly [kind: string, pattern: RegExp]> = [
  ["unknown", /^DryRunOperation\./],
  [
    "throttled",
    /^RequestLimitExceeded\.|\.(?!\w*(?:NotSupport|Cert))\w*(?:RequestLimit(?:Exceeded)?(?:Error|30S)?|R(?:ate|ATE)Limit(?:ed|Exceeded|ExceededError)?|TooManyRequests?|TooOften|TooFrequent(?:ly)?(?:Called)?|Frequency(?:Limit|Limited|LimitedError)|(?:Over|Restricted)Frequency|FreqCtrl|Q(?:ps|PS)Limit(?:Exceeded)?|ConcurrencyLimit(?:Exceeded)?|RestrictedConcurrency)$/
  ],
  [
    "balance",
    /Insufficient(?:Account)?(?:Balance|Funds?)|(?:Ban?lance|Funds?)(?:Is)?(?:Insufficient|NotEnough|Less)|(?:Low|No)Ban?lance(?!r)|Midas\w*Balance|\.Balance(?:Error)?$|Arrears?(?![a-z])|(?<!Date)Overdue|Owed$|Unpaid/
  ],
  [
    "identity",
    /^AccountQualificationRestrictions$|(?:Not|No|Un|Without|HasNo)Real[Nn]ame|UnrealName|(?:Not|No|Un|Without)(?:[Cc]ertifi(?:ed|cation)|Authentica(?!tor))/
  ],
  [
    "permission",
    /^AuthFailure\.\w*(?:Un[Aa]uth|Permission|Cam|CAM|Role|Deny)|(?:No|Not|Without|Lack)\w{0,16}(?:Permission|Privilege)|Permissions?(?:Denied|Deny|Limited)|(?<!^)Un[Aa]uthori[sz]ed(?!Operation\.)|(?:No|Not)(?:CAM)?Auth(?!entica)|Access(?:Denied|Forbidden)|NotIn\w{0,24}White[Ll]ist|No\w{0,4}White[Ll]ist/
  ],
  ["authentication", /^AuthFailure(?:\.|$)/],
  ["permission", /^UnauthorizedOperation\./],
  ["notFound", /^ResourceNotFound\.|(?:Not|No|Non|Un)(?:Be)?(?:Found|Find|Fount|Fund(?!s)|Exist)|NoSuch/],
  [
    "exists",
    /Already(?:Exist|Created|Registered)|Exist(?:s|ed)?(?:Error|Err|Already)?$|^(?!Invalid|Missing)\w+\.\w*(?:Duplicat|Repeat)/
  ],
  [
    "overload",
    /(?:Server|Service|System)(?:Is)?Busy|Over[Ll]oad|ThreadPoolReject|Serv(?:ice|er)(?:Unavailable|NotAvailable)$|\.SlowDown$/
  ],
  ["timeout", /^(?!Invalid|Missing)\w+\.\w*Timed?[Oo]ut/],
  [
    "busy",
    /InProgress|InProcess|InOperati(?:on|ng)|Busy|HasTask|^MutexOperation\.|WaitForTheLast|(?:Try|Operate|Retry)(?:Again)?Later|(?:Task|Job)s?(?:Is)?(?:Running|Executing|Conflict|NotFinish|Un[Ff]inish|UnDone)|^TradeDealConflict$/
  ],
  [
    "busy",
    /^(?:FailedOperation|UnsupportedOperation|OperationDenied|ResourceUnavailable|DidFailedOperation)\.(?!\w*(?:Not(?:Locked|Pending)|CreatingNotSupport))\w*(?:(?:Status|Operation|Resource|Locker)(?:In)?Conflict|Conflict(?:Status|Action|Operation)|(?<!Un)Lock(?:ed)?(?![a-z])|Pending|Creating|Deleting|Starting|Stopping|Rebooting|Terminating|Isolating|Freezing|Upgrading|Processing|Executing|Migrating|Resizing|Rollbacking|Deploying|Initializing|Concurrent)|^ResourceInUse\.\w*ing(?:$|[A-Z])/
  ],
  [
    "inUse",
    /^ResourceInUse\.|In[Uu]sed?(?:Error)?$|Occupied|(?:Is|Being|Been)Used|UsedBy|WasUsing|Already\w{0,4}(?:Bound|Bind|Binded|Used|Attached|Associated)/
  ],
  [
    "limitExceeded",
    /^LimitExceeded\.|^(?!Invalid|Missing|Internal|\w+\.\w*StatusLimit)[\w.]*(?:Quota|Exceed|Over(?:Limit|Size|flow)|OutOfLimit|UpperLimit|Reach\w*(?:Limit|Max)|TooMany|Limit(?:ed|Error|Err)?$)|^LimitOperation$/
  ],
  [
    "soldOut",
    /^ResourceInsufficient\.|^ResourcesSoldOut\.|SoldOut|ResourcesNotEnough|ResourceNotEnough|ResourceInsufficient|LackOfResources|NoAvailable(?!IpAddressCount)/
  ],
  [
    "wrongState",
    /^(?:FailedOperation|UnsupportedOperation|OperationDenied|ResourceUnavailable|DidFailedOperation)\.\w*(?:(?:State|Status)(?!ment|Code)|NotRunning|NotReady|NotOnline|Offline|Not(?:Been)?(?:Activ|Open|Enabled?|Started?|Init|Bound|Bind)|Disabled?|Isolated|Suspended|Expired?|Closed|Frozen|Stopped|Abnormal|Terminated)|^Invalid(?!Parameter)\w*(?:State|Status)(?:\.|$)|^Invalid(?!Parameter)\w+\.(?:\w*(?:State|Status|Expire))/
  ],
  [
    "unsupported",
    /^(?:FailedOperation|ResourceUnavailable)\.\w*(?:(?:Not|Un|No)S?upport|NotSuport|Un[Ss]upport|NotAllow|Can[Nn]ot|Can[Nn]tNot|Forbid|Prohibit|NotPermit)|(?:^|\.)RegionNotSupported|^RegionAbilityLimit/
  ],
  [
    "request",
    /^FailedOperation\.\w*(?:Invalid|Inavlid|Illegal|Malformed|Missing|Required|Mis[Mm]atch|(?:Not|No|Un)Match|TooLong|TooLarge|TooBig|TooSmall|TooShort|LargerThan|LessThan|OutOfRange|Format(?:Error|Err)?$|Syntax|ParseFail|ParseError|Decode|Empty|Sensitive|Wrong|Param)/
  ],
  [
    "internal",
    /^(?:InternalError|InternalServerError|SystemError|UnknownError|DBError|DataBase|CdbError|VpcError|CallCvmError|FlowError|RegionError|HttpInvoker|DidSdk)(?:\.|$)/
  ],
  ["wrongState", /^ResourceUnavailable\.|^OperationDenied(?:\.|$)/],
  ["unsupported", /^UnsupportedOperation\./],
  ["request", /^(?:InvalidParameter|InvalidParameterValue|MissingParameter|UnknownParameter)\./],
  ["request", /^(?:Invalid|AllowedOne|StructParseFailed|VpcAddrNotInSubNet|EniNotAllowed|Authority|Credential|Cpt)/],
  ["operationFailed", /^(?:FailedOperation|DidFailedOperation|SecGroupActionFailure)(?:\.|$)/]
]

/** No documented code is longer. */
const maxLength = 128

/** The kind of a code that is not a common one. */
export const kindOf = (code: string): string =>
  code.length > maxLength ? "unknown" : rules.find(([, pattern]) => pattern.test(code))?.[0] ?? "unknown"

/** The kinds of those codes that are not common. */
export const kindsOf = (codes: Iterable<string>): ReadonlyMap<string, string> =>
  new Map([...codes].filter((code) => Option.isNone(ErrorCode.fromCode(code))).map((code) => [code, kindOf(code)]))
