namespace Alumia.Lab.Offline.OAuth;

/// <summary>A right that the stand-in provider knows.</summary>
/// <param name="Name">As the real provider names it.</param>
/// <param name="Words">As its consent page words it.</param>
/// <param name="IsBasic">Granted with any consent: it only says who the account is.</param>
internal sealed record OAuthScope(string Name, string Words, bool IsBasic = false);

/// <summary>The scopes of the services that the stand-in provider has.</summary>
internal static class OAuthScopes
{
    private const string Google = "https://www.googleapis.com/auth/";

    public const string Mail = "https://mail.google.com/";
    public const string MailRead = Google + "gmail.readonly";
    public const string MailModify = Google + "gmail.modify";
    public const string MailCompose = Google + "gmail.compose";
    public const string MailSend = Google + "gmail.send";
    public const string MailLabels = Google + "gmail.labels";
    public const string MailMetadata = Google + "gmail.metadata";
    public const string Calendar = Google + "calendar";
    public const string CalendarRead = Google + "calendar.readonly";
    public const string CalendarEvents = Google + "calendar.events";
    public const string CalendarEventsRead = Google + "calendar.events.readonly";
    public const string CalendarListRead = Google + "calendar.calendarlist.readonly";
    public const string CalendarFreeBusy = Google + "calendar.freebusy";
    public const string Repo = "repo";
    public const string PublicRepo = "public_repo";
    public const string ReadUser = "read:user";
    public const string UserEmail = "user:email";
    public const string ReadOrg = "read:org";

    public static IReadOnlyList<OAuthScope> All { get; } =
    [
        new("openid", "Associate you with your personal info", IsBasic: true),
        new("email", "See your e-mail address", IsBasic: true),
        new("profile", "See your name and picture", IsBasic: true),
        new(Google + "userinfo.email", "See your e-mail address", IsBasic: true),
        new(Google + "userinfo.profile", "See your name and picture", IsBasic: true),
        new(Mail, "Read, compose, send and permanently delete all your mail"),
        new(MailRead, "View your mail messages and settings"),
        new(MailModify, "Read, compose and send mail from your account"),
        new(MailCompose, "Manage drafts and send mail"),
        new(MailSend, "Send mail on your behalf"),
        new(MailLabels, "See and edit your mail labels"),
        new(MailMetadata, "View your mail's labels and headers, but not the bodies"),
        new(Calendar, "See, edit, share and permanently delete all your calendars"),
        new(CalendarRead, "See and download any of your calendars"),
        new(CalendarEvents, "View and edit events on all your calendars"),
        new(CalendarEventsRead, "View events on all your calendars"),
        new(CalendarListRead, "See the list of calendars that you are subscribed to"),
        new(CalendarFreeBusy, "View your availability in your calendars"),
        new(Repo, "Full control of your repositories, private ones too"),
        new(PublicRepo, "Access your public repositories"),
        new(ReadUser, "Read your profile"),
        new(UserEmail, "Read your e-mail addresses"),
        new(ReadOrg, "Read your organizations and teams"),
    ];

    public static OAuthScope? Find(string name) => All.FirstOrDefault(scope => scope.Name == name);
}
