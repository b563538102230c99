/** The one server or host a page is about, by the choice at its top. */
export const THIS_SERVER = '{instance="$instance"}';
export const THIS_HOST = '{instance="$host"}';
